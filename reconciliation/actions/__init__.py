"""Changes with an audit trail, one module for each noun. Actions know no tasks and no pages."""
