"""What the bakery's second chatbot knows: cakes to order, catering, wholesale."""

from config.demo.texts import Bot, part, qa, text

CUSTOM = text(
    "Custom cakes",
    part(
        """We make round cakes in three sizes: 18 cm for 8 people at 38 euros, 24 cm for 14 people at 54 euros and 28
        cm for 20 people at 72 euros. A square sheet cake for 30 people costs 95 euros.""",
        "How much is a birthday cake for 14 people?",
        "Which sizes do your cakes come in?",
    ),
    part(
        """Choose a sponge (vanilla, chocolate, lemon or carrot) and a filling (raspberry, salted caramel, dark
        chocolate, lemon curd or vanilla cream). The outside is buttercream or, for 8 euros more, marzipan.""",
        "Which fillings can I choose?",
    ),
    part(
        """Lettering of up to 25 characters is included: we write a name or a wish on the cake. A photo printed on
        sugar paper costs 9 euros; send it as a JPEG. We do not make fondant figures, and we do not copy protected
        cartoon characters.""",
        "Can you print a photo on a cake?",
        "Can you write a name on the cake?",
        "Do you make fondant figures?",
    ),
)

DEADLINES = text(
    "Ordering deadlines",
    part(
        """Order a custom cake at least three working days in advance. A photo cake needs five working days, since we
        print in the afternoon. Wedding cakes need four weeks, and from May to September six weeks.""",
        "How far in advance do I have to order a cake?",
        "What is the deadline for a custom cake?",
        "How many days ahead do you need for a photo cake?",
    ),
    part(
        """Catering trays and breakfast boxes need 48 hours. Orders for Monday must reach us by 12:00 on Friday, since
        the office is closed at the weekend.""",
        "When do I have to order for Monday?",
    ),
    part(
        """For orders above 100 euros you pay a deposit of 30 percent. The order is firm once the deposit has
        arrived.""",
        "Do I have to pay a deposit?",
    ),
)

CATERING = text(
    "Catering trays and breakfast boxes",
    part(
        """We offer catering for offices and parties. A small tray holds 20 filled rolls for 48 euros, a large tray 40
        filled rolls for 89 euros. Fillings are cheese, ham, egg and chives, hummus with peppers, and tomato with
        mozzarella; half of each tray is vegetarian.""",
        "Do you offer catering for offices?",
        "How much is a tray of filled rolls?",
        "Do you have vegetarian rolls for catering?",
    ),
    part(
        """A breakfast box for one person costs 9.50 euros: two rolls, a croissant, butter, jam, cheese, a boiled egg
        and orange juice. The minimum is six boxes.""",
        "What is in the breakfast box?",
    ),
    part(
        """Trays are brought on boards of wood. Please return them within seven days; otherwise we charge 12 euros for
        each board.""",
        "When do I have to return the boards?",
    ),
)

WHOLESALE = text(
    "Wholesale for cafés, hotels and shops",
    part(
        """We supply cafés, hotels, canteens and shops within 25 kilometres. Wholesale deliveries run Monday to
        Saturday between 4:30 and 6:30. The minimum is 60 euros for each delivery, and there is no delivery
        charge.""",
        "Do you supply cafés?",
        "What is the minimum for wholesale deliveries?",
    ),
    part(
        """Wholesale customers get a discount of 25 percent on the shop price. We send one invoice at the end of the
        month, payable within 14 days. Change tomorrow's quantities by 13:00 today.""",
        "What discount do wholesale customers get?",
        "Until when can I change tomorrow's quantities?",
    ),
    part(
        """To become a customer write to wholesale@bakery.example with your company's address, your tax number and a
        rough list of what you need each day. We bring a free tasting box within a week.""",
        "How do I become a wholesale customer?",
    ),
)

VEGAN = qa(
    "Can you make a vegan cake, or one without eggs or gluten?",
    """Vegan yes: the chocolate sponge with raspberry and the carrot sponge with lemon are made without eggs and milk,
    in all sizes, for 4 euros more. Lactose-free buttercream is possible for every cake. Gluten-free no: there is
    wheat flour in the air of our bakehouse, so we cannot promise it.""",
    "Can you make a vegan cake?",
    "Do you have a cake without eggs?",
    "Can I get a gluten-free birthday cake?",
)

CAKE_DELIVERY = qa(
    "Do you deliver cakes?",
    """Yes, to any home within 15 kilometres, Tuesday to Saturday between 9:00 and 13:00. Cake delivery costs 12
    euros. Tiered cakes are always delivered and set up by us. You can also collect your cake at the counter during
    opening hours; it travels best flat in the boot of a car, not on a lap.""",
    "Can you deliver a cake to my home?",
    "How much does cake delivery cost?",
    "Can I collect my cake at the counter?",
)

CHANGES = qa(
    "Can I change or cancel my cake order?",
    """Until the ordering deadline you can change or cancel free of charge, by telephone or by answering the
    confirmation mail. After the deadline we can still change the lettering until 12:00 on the day before, but a
    cancelled cake is charged in full. A deposit is paid back within five working days when you cancel in time.""",
    "Can I cancel my order?",
    "Can I change the lettering of my cake?",
    "Do I get my deposit back?",
)

WEDDING = qa(
    "How do I order a wedding cake?",
    """Write to us at least four weeks before the wedding, from May to September six weeks, with the date, the place
    and the number of guests. We answer within two working days and suggest a time for a tasting. Tastings are on
    Wednesday afternoons, last about 45 minutes and cost 25 euros for two people; the amount is taken off the price
    when you order. You try four sponges with six fillings and look at pictures of earlier cakes. Bring a photo of the
    flowers or of the table, since that helps us to match the colours.

    A cake with two tiers serves 40 guests and costs 260 euros, one with three tiers serves 75 guests and costs 420
    euros, and one with four tiers serves 110 guests and costs 590 euros. The price includes buttercream, a simple
    pattern and delivery within 15 kilometres. Fresh flowers from your florist are set on the cake by us for 20 euros;
    they must be unsprayed. A cutting cake that stays in the kitchen is a good way to feed more guests for less.

    The order is firm once a deposit of 30 percent has arrived. You can change the number of guests by up to a tenth
    until ten days before the wedding. On the day we set up the cake two hours before it is cut; the room should be
    cooler than 24 degrees, and the table must stand level and out of the sun. The stand is lent free of charge and is
    due back within a week.""",
    "I would like to order a wedding cake, how does that work?",
    "How much is a wedding cake with three tiers?",
    "Can we have a tasting before the wedding?",
)

CAKES = Bot(
    "Cakes and catering",
    "Hello! Planning a party? I know our cakes, catering and deadlines.",
    (CUSTOM, DEADLINES, VEGAN, CATERING, CAKE_DELIVERY, WEDDING, CHANGES, WHOLESALE),
    (
        "Can you recommend a wedding photographer?",
        "Do you hire out tents and benches?",
        "Do you have ice cream?",
        "Can I get a franchise?",
        "Do you bake dog biscuits?",
    ),
    share=0.36,
)
