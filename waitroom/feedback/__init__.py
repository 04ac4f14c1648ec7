"""What those who waited say of it, and when those leave who wait no longer: counts, and nobody's."""
