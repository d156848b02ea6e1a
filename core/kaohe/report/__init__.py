"""A run as something to read: terminal tables, CSV, XLSX, JSON, and the tree that explains one person's figures."""
