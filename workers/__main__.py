"""`python -m workers [--queue NAME …]`. Document-reading children import this module anew, so it stays this small."""

if __name__ == "__main__":
    from workers.serve import main

    main()
