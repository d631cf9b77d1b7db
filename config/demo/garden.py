"""What the garden centre's chatbot knows."""

from config.demo.texts import Bot, part, qa, text

OPENING = text(
    "Opening hours and café",
    part(
        """From March to October the garden centre is open Monday to Saturday from 9:00 to 19:00, in winter, from
        November to February, until 18:00. On Sundays we open from 10:00 to 16:00 and may sell plants, cut flowers and
        Christmas trees only.""",
        "When are you open?",
        "Are you open on Sunday?",
        "How long are you open in winter?",
    ),
    part(
        """The café in the palm house serves breakfast, lunch and cake from 9:30 until one hour before closing. Dogs
        on a lead are allowed everywhere except in the café.""",
        "Can I bring my dog?",
        "Does the café serve lunch?",
    ),
    part(
        """There are 180 free parking spaces, four chargers for electric cars and trolleys for rent-free use at the
        entrance.""",
        "Can I charge my electric car?",
    ),
)

TOMATOES = text(
    "Growing tomatoes",
    part(
        """Sow tomatoes indoors from the middle of March at 20 degrees. Plant tomatoes outside after the last frost,
        in our region after 15 May, 60 cm apart and deeper than they stood in the pot.""",
        "When can I plant tomatoes outside?",
        "When do I sow tomatoes?",
    ),
    part(
        """Water tomatoes in the morning, at the root and not over the leaves: about two litres a plant each day in
        summer. Feed them every two weeks once the first fruit has set. Pinch out the side shoots every week.""",
        "How often should I water tomatoes?",
        "Do I have to pinch out the side shoots?",
    ),
    part(
        """Brown spots on leaves and fruit after rain are usually blight. Remove these leaves at once, do not compost
        them, and give the plants a roof.""",
        "My tomato leaves have brown spots, what can I do?",
    ),
)

PRUNING = text(
    "Pruning roses, hydrangeas and lavender",
    part(
        """Prune bed roses when the forsythia is in flower, usually at the end of March: leave three to five buds on
        each shoot, and cut slanting above a bud that points outwards. Climbing roses lose dead wood only.""",
        "When should I prune my roses?",
    ),
    part(
        """Farm hydrangeas flower on last year's wood. Take off the old flower heads in spring, down to the first pair
        of strong buds, and no more. Panicle hydrangeas are cut back by half in February.""",
        "How do I cut back hydrangeas?",
    ),
    part(
        """Cut lavender twice: by a third after it has flowered in August, and lightly in March. Never cut into old
        wood, from which it does not sprout again.""",
        "How far can I cut lavender?",
        "When is lavender cut?",
    ),
)

LAWN = text(
    "Lawn: sowing, feeding, moss",
    part(
        """Sow a new lawn in April, May or September, with 25 grams of seed for each square metre, and keep it moist
        for three weeks. Walk on it after six weeks.""",
        "When do I sow a new lawn?",
    ),
    part(
        """Feed the lawn in April, June and with a potassium autumn feed in September. Scarify it against moss in
        April when the soil is dry, then spread sand and seed the gaps. Moss returns where soil is wet, shaded or
        sour: 150 grams of lime for each square metre help in that case.""",
        "What helps against moss in my lawn?",
        "When should I feed the lawn?",
    ),
    part(
        """You can borrow a scarifier for 35 euros a day and a roller for 12 euros a day, with a deposit of 100
        euros.""",
        "Can I borrow a scarifier?",
    ),
)

DELIVERY = text(
    "Delivery and planting service",
    part(
        """We deliver within 40 kilometres. Delivery costs 19 euros up to 10 kilometres and 39 euros beyond; soil,
        bark and stones on pallets cost 59 euros. Orders above 500 euros are delivered free of charge.""",
        "Do you deliver soil?",
        "How much does delivery cost?",
    ),
    part(
        """We deliver on four days a week, Tuesday to Friday. We telephone the day before to agree a window of three
        hours. Goods are set down at the kerb; carrying them into the garden costs 25 euros.""",
        "On which days do you deliver?",
        "Do you carry the goods into the garden?",
    ),
    part(
        """Our gardeners plant trees and hedges for you: 48 euros an hour and gardener, with a free visit beforehand.
        From April to June the wait is about three weeks.""",
        "Can you plant a hedge for me?",
    ),
)

RETURNS = text(
    "Returns and the plant guarantee",
    part(
        """You can return anything that you bought and did not use within 30 days, with the receipt; you get your
        money back the way you paid. Cut soil bags, seeds and reduced goods are excluded.""",
        "Can I return something I bought?",
    ),
    part(
        """Trees, shrubs, hedges and hardy perennials carry a guarantee of 12 months. If one dies although it was
        watered, bring it or a photo with the receipt, and we replace it once. Annual bedding plants, houseplants and
        plants in tubs without winter protection are not covered.""",
        "My shrub died, do I get a replacement?",
        "How long is the guarantee on plants?",
        "Are houseplants covered by the guarantee?",
    ),
)

POTTING = qa(
    "Do you repot plants?",
    """Yes. Bring your plant to the potting bench behind the palm house, Monday to Saturday from 10:00 to 17:00.
    Repotting is free when you buy the pot and the soil from us; otherwise it costs 5 euros up to 30 cm and 9 euros
    above. We do not take plants with scale insects or mealybugs.""",
    "Can you repot my plant?",
    "How much does repotting cost?",
)

TREES = qa(
    "When do you sell Christmas trees, and do you deliver them?",
    """Our Christmas trees arrive on 24 November and are sold until 24 December at 13:00. Nordmann firs cost 24 euros
    a metre, spruces 15 euros a metre; we net them and sharpen the trunk free of charge. Delivery within 10 kilometres
    costs 15 euros for a tree, in the evening from Monday to Friday.""",
    "When can I buy a Christmas tree?",
    "How much is a Nordmann fir?",
    "Do you deliver Christmas trees?",
)

WINTER = qa(
    "How do I look after houseplants in winter?",
    """Give them more light and less of everything else. From November to February the sun brings a quarter of its
    summer strength, so move plants within a metre of a window, preferably to the south or west, and wipe dust from
    the leaves once a month. Leaves must not touch cold glass.

    Water less often, but thoroughly. Push a finger two centimetres into the soil: if it is dry there, water until a
    little runs out below, and empty the saucer after fifteen minutes. Most plants need this every ten days in winter;
    cacti and succulents once a month are enough. More houseplants die of wet feet than of thirst. Use water at room
    temperature.

    Heated air is dry, and that is what brown tips tell you. Stand plants on a tray of wet pebbles, group them, or
    spray ferns and calatheas in the morning. Keep them away from radiators and from the draught of a tilted window.
    Airing for five minutes with the window wide open does less harm than a crack all day.

    Stop feeding in October and begin again in March. Do not repot in winter either, unless the roots rot. Look at the
    undersides of leaves each week: fine webs mean spider mites, sticky spots mean scale insects. Shower the plant,
    then treat it with rape oil spray three times, a week apart. Some falling leaves on a weeping fig or a citrus tree
    are normal after a change of place.""",
    "How often do I water houseplants in winter?",
    "Why do my houseplants have brown tips?",
    "How do I get rid of spider mites on houseplants?",
    "Should I feed houseplants in winter?",
)

GARDENER = Bot(
    "Gardener",
    "Hello! I can help with plants, delivery and opening hours.",
    (OPENING, TOMATOES, PRUNING, DELIVERY, LAWN, WINTER, RETURNS, POTTING, TREES),
    (
        "Do you repair lawn mowers?",
        "Do you sell aquarium fish?",
        "Which bank gives the best loan for a house?",
        "Can you build a swimming pool?",
        "Do you have trampolines?",
        "Können Sie mir sagen, wann die Rosen wieder da sind?",
    ),
)
