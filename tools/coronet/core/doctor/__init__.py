"""Is everything set up that promotions rest on? One pure function for each question, from facts to findings."""
