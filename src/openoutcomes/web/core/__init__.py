"""What every noun of the platform is built from: scope, permission, commands, forms, lists."""
