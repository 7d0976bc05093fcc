"""What managers look at, on a province with a campaign: what each page takes on the server."""
