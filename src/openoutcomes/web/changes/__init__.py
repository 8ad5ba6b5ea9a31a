"""Changes to delivery and who decided them; posts, caseloads and spare capacity."""
