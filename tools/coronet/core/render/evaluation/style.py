"""How the page looks, in light and in dark."""

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #ffffff; --line: #d1d9e0; --fill: #f6f8fa;
  --candidate: #0969da; --champion: #bc4c00; --better: #1a7f37; --worse: #cf222e; --cell: 9, 105, 218 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --line: #3d444d;
  --fill: #151b23; --candidate: #58a6ff; --champion: #f0883e; --better: #3fb950; --worse: #ff7b72;
  --cell: 56, 139, 253 } }
* { box-sizing: border-box }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 76rem; padding: 1.5rem 1rem 3rem }
h1 { font-size: 1.6rem; margin: 0 0 .5rem } h2 { border-bottom: 1px solid var(--line); font-size: 1.2rem;
  margin: 2.2rem 0 1rem; padding-bottom: .3rem }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
.legend { margin: .8rem 0 0 } .key { border-top: 3px solid; display: inline-block; margin: 0 .3rem .25rem 0;
  width: 1.6rem } .key + .key, .key.champion { margin-left: 1rem }
.key.candidate { color: var(--candidate) } .key.champion { border-top-style: dashed; color: var(--champion) }
.wide { container-type: inline-size; margin: .8rem 0; overflow-x: auto }
table { border-collapse: collapse } caption { color: var(--soft); max-width: 100cqi;
  padding: .2rem 0; text-align: left }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; text-align: left; vertical-align: top }
.matrix { min-width: 18rem } td { max-width: 24rem; overflow-wrap: break-word }
th { font-weight: 600 } .number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap }
.matrix td { background: rgba(var(--cell), calc(var(--share) * .55)) }
.drawings { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)) }
figure { background: var(--fill); border: 1px solid var(--line); border-radius: 6px; margin: 0; padding: .8rem 1rem }
figure.forest { margin: 0 0 1rem; max-width: 52rem } figcaption { color: var(--soft); margin-bottom: .5rem }
figcaption strong { color: var(--ink) } svg { display: block; height: auto; width: 100% }
svg text { fill: var(--soft); font: 11.5px system-ui, sans-serif } .box { fill: none; stroke: var(--line) }
.forest svg text { font-size: 13px }
.grid { stroke: var(--line); stroke-width: .5 } .chance, .zero { fill: none; stroke: var(--soft);
  stroke-dasharray: 2 3 } .zero { stroke-dasharray: none }
polyline { fill: none; stroke-linejoin: round; stroke-width: 1.8 }
svg .candidate { color: var(--candidate) } svg .champion { color: var(--champion) }
polyline.candidate, polyline.champion, .bar { stroke: currentColor } polyline.champion { stroke-dasharray: 5 3 }
.point { fill: currentColor } .bar { opacity: .45; stroke-width: 1.5 } .band { fill: currentColor; opacity: .15 }
.better { color: var(--better) } .worse { color: var(--worse) } .unclear { color: var(--soft) }
line.better, line.worse, line.unclear { stroke: currentColor; stroke-width: 2 }
circle.better, circle.worse, circle.unclear { fill: currentColor }
summary { color: var(--soft); cursor: pointer; margin-top: .4rem } details .wide { max-height: 22rem; overflow: auto }
.notes { color: var(--soft); margin-top: .2rem }
@media print { details { display: none } figure { break-inside: avoid } }
"""
