"""Names of children of several communities of England, for sets of invented children.

Frequent names come first. Which names are common in which community is ours to answer for: no list
of real people was used.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final


@dataclass(frozen=True, slots=True)
class Community:
    """Names as a community gives them, and its share of the children."""

    share: float
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    double: float = 0.1
    """How many have two family names or a hyphen between them."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH: Final = (
    *_words(
        """Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson
            Evans Walker White Roberts Green Hall Wood Jackson Clarke Clark Harris Turner
            Cooper Hill Ward Moore Morris King Watson Baker Harrison Morgan Allen Young Scott
            Phillips Parker Lee Cook Bennett Shaw Carter Mitchell Webb Price Barker Hughes
            Stone Rowe Dixon Fuller Howes Larter Mann Nash Osborne Pegg Quinton Rix Sayer
            Tooley Utting Vincent Wymer Yaxley"""
    ),
    *map(
        "".join,
        product(
            _words(
                """Ash Ays Bar Black Brad Bram Car Chat Cold Crow Den Dun Eas Elm Far Fen Gar
                Graf Hal Hart Hol Ing Kel Kings Lang Lin Mar Mel New Nor Oak Pem Pres Rad
                Red Row Shel Stan Thorn Tun Wal West Whit Win"""
            ),
            _words("""bury by combe croft don field ford ham hurst ley low man more ton well
                wick wood worth"""),
        ),
    ),
)

COMMUNITIES: Final[dict[str, Community]] = {
    "white-british": Community(
        0.66,
        _words(
            """Olivia Amelia Isla Ava Lily Freya Ivy Florence Willow Elsie Grace Sophie Emily
            Evie Poppy Charlotte Isabella Phoebe Daisy Sienna Harper Matilda Ellie Chloe
            Jessica Ruby Alice Evelyn Rosie Millie Eva Sofia Sophia Lottie Thea Maisie Bella
            Esme Erin Hallie Holly Imogen Summer Lucy Megan Katie Rebecca Elizabeth Katherine
            Abigail Darcie Penelope Zara Orla Lola Nancy Robyn Scarlett Georgia Amber Lexi
            Skye Tilly Faye Kayleigh Hayley Bailey Casey Jorja Keira Leah Lacey Jade Courtney
            Paige Bethany Naomi Heidi Martha"""
        ),
        _words(
            """Oliver George Noah Arthur Harry Leo Jack Charlie Oscar Jacob Henry Thomas Freddie
            Alfie Theo William Archie Joshua Alexander James Isaac Edward Lucas Tommy Finley
            Max Logan Ethan Teddy Benjamin Joseph Samuel Reggie Daniel Louie Albert Elijah
            Dylan Jude Riley Harrison Mason Toby Rory Jayden Kayden Hayden Aiden Caleb Callum
            Connor Kai Kian Kyle Liam Luke Matthew Michael Nathan Owen Robert Ryan Sebastian
            Stanley Tyler Zac Bobby Brody Carter Christopher Corey Ellis Felix Gabriel Hugo
            Jasper Jesse Rowan Ralph"""
        ),
        _ENGLISH,
    ),
    "irish": Community(
        0.04,
        _words(
            "Aoife Niamh Saoirse Ciara Sinead Roisin Orlaith Maeve Caoimhe Bridget Mary Kathleen"
        ),
        _words("Sean Patrick Conor Cian Darragh Oisin Fionn Padraig John Michael Martin Declan"),
        _words(
            """Murphy O'Brien Kelly Walsh O'Connor Ryan Doherty Byrne McCarthy Gallagher O'Neill
            Ward Connors McDonagh Doran Price Maughan Kavanagh Nolan Quinn Farrell Brennan
            Foley"""
        ),
    ),
    "polish": Community(
        0.06,
        _words(
            """Zuzanna Julia Maja Hanna Lena Alicja Maria Oliwia Zofia Wiktoria Natalia
            Aleksandra Amelia Nikola Gabriela Emilia Kinga Weronika Magdalena Milena"""
        ),
        _words(
            """Jakub Antoni Szymon Filip Kacper Mikołaj Wojciech Adam Bartosz Michał Piotr Tomasz
            Dawid Igor Oskar Krzysztof Mateusz Łukasz Patryk Maciej"""
        ),
        _words(
            """Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński
            Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Kwiatkowski Krawczyk
            Piotrowski Grabowski Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Majewski
            Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Pawlak Walczak Sikora Baran
            Rutkowski Szewczyk Ostrowski"""
        ),
        0.02,
    ),
    "pakistani": Community(
        0.06,
        _words(
            """Fatima Aisha Zainab Maryam Khadija Hafsa Amina Sumaya Ayesha Zara Noor Iqra Sana
            Mahnoor Hira Saira Alisha Aliza Eshaal Hoorain Inaya Anaya Rabia Samina Shazia
            Nadia"""
        ),
        _words(
            """Muhammad Mohammed Ali Ibrahim Hamza Yusuf Zain Ahmed Adam Hassan Bilal Umar Usman
            Haris Rayyan Musa Isa Zayd Ayaan Abdullah Imran Faisal Kamran Sulaiman Haroon
            Danyal"""
        ),
        _words(
            """Khan Hussain Ahmed Ali Mahmood Iqbal Akhtar Malik Shah Begum Bibi Mirza Butt Raja
            Chaudhry Qureshi Sheikh Javed Rashid Aslam Nawaz Anwar Parveen Kauser Rehman Riaz
            Zaman Mughal Saleem Siddique Sharif Arshad Ashraf Bashir Farooq Ghani Hanif Kiani
            Latif"""
        ),
        0.03,
    ),
    "bangladeshi": Community(
        0.03,
        _words(
            """Fahmida Nusrat Tasnim Sumaiya Tahmina Ayesha Maryam Rahima Jannat Nafisa Sadia
            Farhana Mim Anisa Samira Labiba Raisa Tanha Zarin Habiba"""
        ),
        _words(
            """Mohammed Muhammad Abdul Rahim Tanvir Rafi Sami Yusuf Ibrahim Arif Nabil Shakil
            Jubair Tahmid Rayhan Imran Fahim Sakib Nahid Mahdi"""
        ),
        _words(
            """Begum Miah Ali Rahman Islam Uddin Ahmed Hussain Khatun Khan Choudhury Hoque Alam
            Islam Karim Bibi Sultana Akter Chowdhury Haque Kabir Mahmud Sarkar Talukdar Das
            Bhuiyan"""
        ),
        0.05,
    ),
    "indian": Community(
        0.05,
        _words(
            """Anaya Diya Priya Jasmine Simran Aanya Kavya Riya Saanvi Ishani Harleen Jaspreet
            Navreet Meera Nisha Pooja Aarohi Avani Kiran Tara"""
        ),
        _words(
            """Arjun Aarav Rohan Dev Jai Krish Shaan Harjit Gurpreet Jaspal Nikhil Vihaan Ishaan
            Rishi Kiran Amar Ranveer Veer Yash Kabir"""
        ),
        _words(
            """Patel Singh Kaur Shah Sharma Kumar Gill Sandhu Dhillon Mistry Desai Mehta Joshi
            Parmar Chauhan Grewal Sidhu Bains Rai Nair Reddy Iyer Menon Thomas Fernandes
            Varghese Lad Amin"""
        ),
        0.04,
    ),
    "somali": Community(
        0.02,
        _words(
            """Hodan Amina Fatima Halima Khadija Sahra Hamdi Ifrah Ayaan Idil Sagal Zahra Maryan
            Nimo Ladan Hibo Asha Fardowsa"""
        ),
        _words(
            """Mohamed Abdi Ahmed Hassan Abdullahi Yusuf Omar Ismail Ali Liban Mahad Zakariya
            Guled Abdirahman Bilal Khalid Hamza Mustafa"""
        ),
        _words(
            """Mohamed Ali Hassan Ahmed Abdi Omar Ibrahim Yusuf Osman Farah Warsame Jama Hussein
            Adan Nur Abdullahi Mohamud Ismail Sheikh Dahir Elmi Gure"""
        ),
        0.25,
    ),
    "west-african": Community(
        0.05,
        _words(
            """Grace Blessing Favour Oluwaseun Temitope Esther Deborah Abena Akosua Ama Efua
            Chioma Adaeze Ngozi Ifeoma Joy Gift Precious Amarachi Zainab"""
        ),
        _words(
            """David Emmanuel Daniel Samuel Oluwatobi Ayomide Kwame Kofi Kwabena Chukwuemeka
            Obinna Ifeanyi Joshua Tobi Femi Segun Nana Yaw Divine Prince"""
        ),
        _words(
            """Mensah Osei Owusu Boateng Appiah Asante Adeyemi Okafor Okonkwo Adebayo Ogunleye
            Eze Nwosu Balogun Ojo Bello Ibrahim Danso Agyeman Amoah Afolabi Adeleke Sesay
            Kamara Conteh Bangura Obi Nwachukwu Oyelaran Addo"""
        ),
        0.12,
    ),
    "chinese": Community(
        0.03,
        _words("Mei Xinyi Yuhan Jia Li Emily Grace Chloe Wing Sze Jiayi Yan Ying Zixuan Hoi Kayla"),
        _words("Wei Jun Haoyu Ming Zihan Ethan Jayden Ho Chun Lok Yat Zhiyuan Ryan Lucas Kai Hin"),
        _words(
            """Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Wong Chan Cheung Lau Leung
            Ho Lam Ng Tang Lin Yip Tsang Kwok Mak"""
        ),
        0.03,
    ),
}

NICKNAMES: Final[dict[str, tuple[str, ...]]] = {
    "Katherine": ("Katie", "Kate"),
    "Elizabeth": ("Lizzie", "Beth"),
    "Charlotte": ("Lottie",),
    "Isabella": ("Bella", "Izzy"),
    "Abigail": ("Abi",),
    "Matilda": ("Tilly",),
    "Rebecca": ("Becky",),
    "Evelyn": ("Evie",),
    "Penelope": ("Penny",),
    "Thomas": ("Tom", "Tommy"),
    "William": ("Will", "Billy"),
    "Alexander": ("Alex",),
    "Benjamin": ("Ben",),
    "Joseph": ("Joe",),
    "Samuel": ("Sam",),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Michael": ("Mike", "Mikey"),
    "Robert": ("Rob", "Bobby"),
    "Christopher": ("Chris",),
    "Joshua": ("Josh",),
    "James": ("Jamie",),
    "Edward": ("Teddy", "Ned"),
    "Albert": ("Bertie",),
    "Muhammad": ("Mohammad", "Mo", "Muhammed"),
    "Mohammed": ("Muhammad", "Mohammad", "Md"),
    "Mohamed": ("Maxamed", "Mohammed"),
    "Yusuf": ("Yousuf",),
    "Ayesha": ("Aisha",),
    "Aisha": ("Ayesha",),
    "Maryam": ("Mariam",),
    "Hussain": ("Hussein",),
    "Aleksandra": ("Ola", "Alexandra"),
    "Zuzanna": ("Zuzia",),
    "Wiktoria": ("Victoria",),
    "Jakub": ("Kuba", "Jacob"),
    "Tomasz": ("Tomek", "Thomas"),
    "Piotr": ("Peter",),
    "Michał": ("Michal",),
    "Oluwatobi": ("Tobi",),
    "Oluwaseun": ("Seun",),
    "Temitope": ("Temi",),
    "Ayomide": ("Ayo",),
    "Chukwuemeka": ("Emeka",),
    "Emmanuel": ("Manny",),
    "Ifeoma": ("Ify",),
    "Sean": ("Shaun",),
    "Kathleen": ("Kath",),
    "Patrick": ("Paddy",),
    "Gurpreet": ("Gary",),
    "Abdirahman": ("Abdi",),
    "Caoimhe": ("Keeva",),
    "Khadija": ("Khadijah",),
    "Zainab": ("Zaynab",),
    "Sulaiman": ("Suleiman",),
}
"""What a child is called instead, or how else a clerk spells it."""
