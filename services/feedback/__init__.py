"""What has become of what agencies sent: their feed, and who is called when it goes on."""
