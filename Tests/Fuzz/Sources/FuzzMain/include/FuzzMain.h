// Nothing to call from Swift: FuzzMain.c defines the programs' entry points.
