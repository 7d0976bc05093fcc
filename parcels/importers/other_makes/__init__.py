"""Workbooks that are no .xlsx, read in a process of their own: .xls and .ods. No Django here."""
