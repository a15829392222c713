"""The catalog's rules, a module each; `generator.lint.table` lists them."""
