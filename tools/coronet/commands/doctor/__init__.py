"""`coronet doctor`: is everything set up that promotions rest on?"""
