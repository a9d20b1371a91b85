"""What people read, made from the same values that programs get: text and Markdown, pure."""
