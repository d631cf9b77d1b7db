"""What the bookshop's chatbot knows."""

from config.demo.texts import Bot, part, qa, text

OPENING = text(
    "Opening hours and how to find us",
    part(
        """The bookshop is open Monday to Friday from 10:00 to 19:00, on Thursday until 21:00, and on Saturday from
        10:00 to 18:00. On Sundays and public holidays we are closed. On the four Saturdays of Advent we stay open
        until 20:00.""",
        "When do you open?",
        "How long are you open on Thursday?",
        "Are you open on Sundays?",
    ),
    part(
        """The shop is on two floors, with a lift. The children's department and the reading corner are upstairs,
        crime, travel and foreign languages on the ground floor. Tram lines 3 and 7 stop in front of the door at Old
        Market; bicycle stands are in the courtyard.""",
        "Which tram goes to the shop?",
        "Is there a lift to the children's department?",
    ),
)

ORDERING = text(
    "Ordering books",
    part(
        """We can order any book in print, about 400,000 titles. Ordered by 17:00, most books are here for you at
        11:00 the next working day. English and French titles from abroad take 5 to 10 working days.""",
        "Can you order a book for me?",
        "How long does it take until an ordered book arrives?",
        "How long do English titles take?",
    ),
    part(
        """We write to you when the book has arrived, and keep it at the till for 14 days. There is no deposit below
        80 euros. You pay when you collect.""",
        "How long do you keep my book at the till?",
    ),
    part(
        """We can find books that are out of print through three antiquarian dealers. The search is free; you decide
        once you know the price and the condition.""",
        "Can you find a book that is out of print?",
    ),
)

SHIPPING = text(
    "Delivery by post and by bicycle",
    part(
        """We send books by post for 2.95 euros, and free of charge from 30 euros. A parcel takes two to three working
        days within the country. Delivery abroad costs 9.90 euros within the European Union; we do not send to other
        countries.""",
        "How much is delivery?",
        "Do you send books abroad?",
        "How long does a parcel take?",
    ),
    part(
        """In the city our bicycle courier brings books that are in stock on the same day: order by 14:00, and they
        are with you between 16:00 and 20:00. The courier costs 4.50 euros and rides Monday to Friday.""",
        "Can I have a book delivered on the same day?",
    ),
)

GIFT_CARDS = text(
    "Gift cards and wrapping",
    part(
        """We sell gift cards for any amount from 10 to 200 euros, on paper at the till or by e-mail as a PDF. They
        are valid for three years, in the shop and for orders by post, and can be used in several steps.""",
        "Do you sell gift cards?",
        "How long is a gift card valid?",
    ),
    part(
        """A gift card is not paid out in cash. A lost gift card is replaced when you show the receipt with its
        number.""",
        "I lost my gift card, what can I do?",
        "Can I get the gift card paid out in cash?",
    ),
    part(
        """We wrap every book as a gift free of charge. For orders by post choose wrapping when you pay, and add a
        greeting of up to 200 characters.""",
        "Can you wrap a book as a gift?",
    ),
)

EVENTS = text(
    "Readings, story hour and book club",
    part(
        """There is a reading in the shop every second Thursday at 19:30; the date of the next reading is on the event
        page. Tickets cost 8 euros, 5 euros for pupils and students, and are sold at the till and on that page. There
        are 45 seats; doors open at 19:00.""",
        "When is the next reading?",
        "How much are tickets for a reading?",
    ),
    part(
        """The story hour for children from 4 to 8 years is every Saturday at 11:00 in the reading corner. It is free,
        and you do not have to register.""",
        "When is the story hour for children?",
        "Do I have to register for the story hour?",
    ),
    part(
        """The book club meets on the first Monday of the month at 19:00. Members read one novel a month and get 10
        percent off coffee and stationery. New readers are welcome at any meeting.""",
        "When does the book club meet?",
    ),
)

RETURNS = text(
    "Returns and exchanges",
    part(
        """You can return an unread book within 14 days with its receipt, and you get your money back the way you
        paid. Without a receipt we exchange it for another book or a gift card.""",
        "Can I return a book?",
        "Can I exchange a book without a receipt?",
    ),
    part(
        """Special orders from abroad, opened audio books, calendars and magazines cannot be returned. A book with a
        fault, such as missing pages, is exchanged at any time within two years.""",
        "Some pages of my book are missing, what now?",
    ),
    part(
        """To send back a book that came by post is free of charge: print the label from your order confirmation.""",
        "How do I send back a book that came by post?",
    ),
)

USED_BOOKS = qa(
    "Do you buy used books?",
    """No, we sell new books only, and neither buy nor sell used or second-hand ones. There are two good places to
    give old books away. The public library beside the town hall takes books in good condition on Wednesdays from
    14:00 to 17:00, and the open shelf in the station takes single books at any time.""",
    "Where can I give away my old books?",
    "Do you sell second-hand or used books?",
)

SCHOOLS = qa(
    "Do you supply schools and companies on account?",
    """Yes. Schools, libraries and companies order by e-mail to orders@bookshop.example and get one invoice a month,
    payable within 30 days. Class sets of 25 copies and more are delivered free of charge to the school, usually
    within four working days. We also put together boxes of 40 books on a subject for a loan of six weeks.""",
    "Can our school order on account?",
    "Do you deliver class sets?",
    "Can a company order by invoice?",
)

SUBSCRIPTION = qa(
    "How does the reading subscription work?",
    """The reading subscription is a present that arrives every month: one book, chosen by one of our six booksellers
    for the person who reads it. You choose between three months for 66 euros, six months for 126 euros and twelve
    months for 240 euros. Wrapping and postage within the country are included; within the European Union we add 5
    euros a month.

    After you have ordered, the reader gets a card with a short list of questions: three books they loved, one they
    put away, what they would like to know more about, and in which languages they read. The card can be answered on
    paper, by e-mail or in a talk of ten minutes by telephone. Without an answer we begin with a novel that we have
    all liked, and ask again.

    The book leaves our shop on the first Tuesday of each month. If the reader knows it already, it can be exchanged
    within 14 days in the shop or by post, as long as it is unread. After each book the reader can tell us how they
    liked it, and the next choice takes that into account. Paperbacks and hardbacks alternate, and audio books or
    picture books are possible on request.

    The subscription ends by itself: nothing has to be cancelled. It can be paused for up to three months, for example
    during a journey, and a gift card may be used to pay for it. Orders by the 25th begin in the following month.""",
    "What does the reading subscription cost?",
    "Can I pause the reading subscription?",
    "Do I have to cancel the subscription?",
)

BOOKSELLER = Bot(
    "Bookseller",
    "Hello! Looking for a book, a gift or an event? Ask me.",
    (ORDERING, OPENING, EVENTS, GIFT_CARDS, SHIPPING, RETURNS, SUBSCRIPTION, USED_BOOKS, SCHOOLS),
    (
        "Do you repair bicycles?",
        "Can you bind my thesis?",
        "Do you sell e-readers?",
        "Who won the literature prize last year?",
        "Do you have a job for a trainee?",
    ),
)
