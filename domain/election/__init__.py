"""Works-council elections: how their spreadsheets are read. Pure rules, tested without any server."""
