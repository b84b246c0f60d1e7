"""Assessments: the question as it is put (`request`), the answer that every edge shows (`answer`), its builder (`build`)."""
