"""What leaves the program for a desk: tables of typed columns in, workbooks out."""
