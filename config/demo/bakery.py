"""What the bakery's chatbots know: one for the counter, one for cakes and catering."""

from config.demo.texts import Bot, file, part, qa, text, website

OPENING = text(
    "Opening hours",
    part(
        """The bakery is open Monday to Friday from 6:30 to 18:00 and on Saturday from 6:30 to 14:00. On Sunday we
        open from 8:00 to 11:00 and sell rolls, croissants and one loaf of the day, nothing else.""",
        "When are you open?",
        "What are your opening hours on Saturday?",
        "Are you open on Sunday?",
    ),
    part(
        """On public holidays the shop stays closed. On Christmas Eve and New Year's Eve we close at 12:00, and
        pre-ordered bread must be collected by then.""",
        "Are you closed on public holidays?",
        "What time do you close on Christmas Eve?",
    ),
    part(
        """The café corner has twelve seats and serves coffee, tea and breakfast. It closes 30 minutes before the
        shop, and it takes no reservations.""",
        "Can I reserve seats in the café?",
        "Can I have breakfast in the café?",
    ),
)

ALLERGENS = text(
    "Allergens and ingredients",
    part(
        """We bake with wheat, rye and spelt, and all three contain gluten. Flour dust is everywhere in our bakehouse,
        so we do not sell anything as gluten-free and advise guests with coeliac disease not to eat our bread.""",
        "Do you have gluten-free bread?",
    ),
    part(
        """Hazelnuts, walnuts, almonds and sesame are used in the same room. Traces of nuts can therefore be in every
        product, also in those whose recipe has none.""",
        "Which products contain nuts?",
    ),
    part(
        """All sourdough loaves, the pretzel rolls and the apple turnovers are vegan. Croissants, brioche and Danish
        pastries contain butter, milk and eggs. We use no lard and no palm oil.""",
        "Which of your products are vegan?",
        "Do the croissants contain milk or eggs?",
        "Do you use palm oil?",
    ),
    part(
        """A folder at the counter lists the fourteen allergens for each product. Ask us, and we print the page for
        you.""",
        "Where can I see the list of allergens?",
    ),
)

BREADS = website(
    "Our breads and prices",
    "https://bakery.example/breads",
    part(
        """A loaf of country sourdough, 1 kg, costs 5.80 euros. Dark rye, 750 g, costs 4.60 euros. Spelt bread with
        walnuts, 750 g, costs 5.40 euros. A baguette costs 2.20 euros, a seeded roll 0.90 euros and a butter croissant
        1.90 euros.""",
        "How much is a sourdough loaf?",
        "What does a croissant cost?",
        "What is the price of the rye bread?",
    ),
    part(
        """The dough of our sourdough rests for 24 hours before it is baked. It is made of flour, water and salt,
        without baker's yeast. The first loaves leave the oven at 6:00, a second batch at about 11:00.""",
        "Is there yeast in your sourdough bread?",
    ),
    part(
        """We slice bread free of charge, in 10 or 14 millimetres. We sell bread from the day before at half price,
        from opening until it is gone.""",
        "Can you slice the bread for me?",
        "Do you sell bread from the day before?",
    ),
)

DELIVERY = file(
    "Delivery to your door",
    "delivery.md",
    part(
        """We deliver bread and rolls within 8 kilometres of the shop, Tuesday to Saturday, between 6:00 and 9:00 in
        the morning. Order by 16:00 the day before.""",
        "Do you deliver bread?",
        "Until when do I have to order a delivery?",
    ),
    part(
        """The minimum order for a delivery is 15 euros. Delivery costs 3.50 euros and is free from 40 euros. You pay
        by card when you order; the driver takes no cash.""",
        "How much is the delivery?",
        "What is the minimum order for delivery?",
    ),
    part(
        """If nobody is at home, the driver leaves the bag at the place you named in the order. A standing order, such
        as six rolls every Saturday, can be paused until 16:00 the day before.""",
        "Can I pause my standing order?",
    ),
)

PRE_ORDER = qa(
    "Can I order bread in advance and collect it in the shop?",
    """Yes, you can pre-order bread by 17:00 the day before, by telephone or at the counter, and we put your bread
    aside. For Saturday please order by 15:00 on Friday. Collect it up to 30 minutes before we close; after that it
    goes to the food bank. You pay when you collect.""",
    "Can I pre-order bread?",
    "Can you put a loaf aside for me?",
    "Until when can I order bread for Saturday?",
)

PAYMENT = qa(
    "How can I pay in the shop?",
    """We take cash, debit cards, credit cards, and payment by telephone or watch, from the first cent. We do not take
    cheques or cryptocurrencies. Companies with a customer account receive one invoice a month.""",
    "Can I pay by card?",
    "Do you take credit cards?",
    "Can I pay with my telephone?",
)

ACCESS = qa(
    "Is there parking, and is the shop step-free?",
    """Two parking spaces in front of the shop are free for 20 minutes. The multi-storey car park at the station is
    four minutes away on foot. The entrance has a ramp, and a wheelchair fits between the tables. Please do not bring
    a dog inside: dogs wait in front of the window, where there is a hook and a bowl of water.""",
    "Where can I park?",
    "Is the shop accessible by wheelchair?",
    "May I bring my dog?",
)

KEEPING = qa(
    "How do I keep bread fresh, and can I freeze it?",
    """Keep a loaf in a bread box of clay or wood, or in the paper bag we sell it in, with the cut side down. Plastic
    bags hold the moisture in: the crust turns soft and, in warm weather, the loaf goes mouldy within two days. The
    refrigerator is the wrong place as well, because starch turns stale fastest at about five degrees.

    How long it lasts depends on the flour. Dark rye stays good for six to seven days and tastes best from the second
    day on. Country sourdough keeps for four to five days, spelt bread with walnuts for three. Baguettes, rolls and
    croissants are made for the day on which you buy them.

    All of our breads can be frozen. Let the loaf cool completely, slice it, put it into a freezer bag, press the air
    out and write the date on it. It keeps for three months at minus 18 degrees. Single slices go straight from the
    freezer into the toaster. A whole loaf thaws at room temperature in about five hours; afterwards bake it for eight
    minutes at 180 degrees, and the crust is crisp again. Rolls need no thawing: moisten them with a wet hand and bake
    them for ten minutes at 180 degrees. Do not freeze bread a second time. Old bread makes good crumbs: dry it in the
    oven at 100 degrees and grate it.""",
    "How do I keep my bread fresh?",
    "Can I freeze your bread?",
    "How long does rye bread keep?",
    "Should I put bread in the refrigerator?",
)

COUNTER = Bot(
    "Counter",
    "Good morning! Ask me about opening hours, our breads, allergens or delivery.",
    (OPENING, BREADS, ALLERGENS, PRE_ORDER, DELIVERY, PAYMENT, KEEPING, ACCESS),
    (
        "Do you repair bicycles?",
        "Do you have any job vacancies?",
        "Do you sell oat milk by the carton?",
        "Which football match is on tonight?",
        "Can I rent your oven for a workshop?",
        "Do you run baking courses for children?",
        "Haben Sie auch am Feiertag geöffnet, und wo kann ich parken?",
        "Est-ce que vous avez des croissants sans gluten pour les enfants ?",
    ),
    share=0.64,
)
