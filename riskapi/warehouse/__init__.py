"""The datasets: described (`tables`), read strictly (`load`), made into one database (`build`), and opened (`open`)."""
