"""What every page of the console costs, made from the URLconf: queries, time beside a bare page, growth, weight."""
