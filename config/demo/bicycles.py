"""What the chatbot of the second agency's client knows. Nobody at the first agency may ever meet it."""

from config.demo.texts import Bot, part, qa, text

OPENING = text(
    "Opening hours of the workshop",
    part(
        """The workshop is open Tuesday to Friday from 9:00 to 18:00 and on Saturday from 9:00 to 13:00. On Sunday and
        Monday we are closed. From April to September bicycles can be left from 8:00 in the locked yard.""",
        "When is the workshop open?",
        "Are you open on Monday?",
    ),
)

REPAIRS = text(
    "Repairs and prices",
    part(
        """We repair bicycles of all makes, also e-bikes with hub and mid-drive motors. To fix a puncture or another
        flat tyre costs 18 euros, new brake pads 25 euros for a wheel and a new chain 35 euros, parts included.""",
        "Do you repair bicycles?",
        "How much does a flat tyre cost?",
        "Do you repair electric bicycles?",
    ),
    part(
        """Small repairs are done while you wait, when you come before 11:00. Others take two to three working days.
        We telephone before any repair that costs more than 80 euros.""",
        "How long does a repair take?",
    ),
)

RENTAL = qa(
    "Can I rent a bicycle?",
    """Yes. A city bicycle costs 14 euros a day, an electric one 32 euros, a child seat 3 euros. Bring an identity
    card; the deposit is 50 euros, 150 euros for an electric bicycle. Helmets are lent free of charge.""",
    "How much is it to rent an electric bicycle?",
)

LOST_KEY = qa(
    "I have lost the key of my lock, can you open it?",
    """Yes, when you show your identity card and can prove that the bicycle is yours, for example by its receipt or
    its frame number. Opening a lock costs 20 euros in the workshop and 45 euros elsewhere in the city.""",
    "Can you open my lock?",
)

SERVICE = qa(
    "What is included in the yearly service?",
    """The yearly service costs 79 euros, 99 euros for electric bicycles, and takes one working day if you book it
    beforehand. We wash the frame, clean the chain and the gears, and measure the wear of the chain, the sprockets,
    the rims and the brake pads. All screws are tightened to the torque that the maker gives. Both wheels are trued,
    the hubs and the steering bearing are adjusted, and the tyres are filled to the right pressure. We set the brakes
    and the gears, grease the seat post, check every cable, and replace the cables when they are frayed; cables are
    included in the price.

    For electric bicycles we also read the fault memory, install new software for the motor and the display, and test
    the capacity of the battery, for which you get a printed report. Below 70 percent we advise a new battery, but the
    bicycle stays safe to ride.

    Parts that are worn out cost extra. You get a list with prices before we fit anything, and nothing is replaced
    without your word. The old parts are shown to you when you collect the bicycle, and we keep them for a week.

    The best time is from November to February: there is hardly any wait, and the service costs 10 euros less. In
    spring please book three weeks ahead. Bring the key of the battery and take off bags, child seats and locks. After
    the service you have 300 kilometres or six weeks for a free adjustment, since new cables stretch a little in their
    first days.""",
    "How much is the yearly service?",
    "Do you check the battery in the service?",
)

MECHANIC = Bot(
    "Mechanic",
    "Hello! What is wrong with your bicycle?",
    (REPAIRS, OPENING, SERVICE, RENTAL, LOST_KEY),
    ("Do you sell bread?", "Can you fix my motorcycle?"),
)
