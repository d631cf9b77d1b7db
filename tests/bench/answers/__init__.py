"""How well questions are answered: SQuAD's, of every language whose file is there, through the product's own ways."""
