"""The words of the visitors' pages, in their languages: gettext catalogues, numerals and times."""
