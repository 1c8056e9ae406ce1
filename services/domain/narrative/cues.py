"""By which words is it told that a reason states why, the harm, the evidence and what is asked?

The lexicon of the reader. A cue a line, and what is indented goes on from the line above; as
`spans.whole_words` reads it: a space is any white space or hyphen, `~` the rest of a word; all else
is a regular expression. What a cue matches is shown to who may see the text. A change is a new
NARRATIVE_VERSION, and the figures in docs/rules.md are measured again.
"""

from typing import Final

WHY: Final = r"""
because
due to
as a result of
following
in light of
prompted by
after (a|an|the|being|having|he|she|they|police|officers|school|staff|his|her|their|mum|dad)
(this |the |my |our )?refer(ral|red|ring)? (is |was )?(made )?(because|as|after|due|since|
  in relation to|relates to|concerns|regarding|follows)
reason for (this |the |my |our )?referral
concern(s|ed|ing)?( that| about| over| around| for| regarding| is| are| as)?
worr(y|ied|ies|ying)
anxious about
alarmed
(arrested|detained|arrest|in custody|taken into custody|voluntary interview|interviewed)
(was|were|been|is|being|got) (found|stopped|searched|seen|hurt|assaulted|attacked|stabbed|injured|
  excluded|suspended|located|picked up|brought|taken|returned|reported|approached|groomed|robbed|
  chased|beaten|hit|punched|slapped|spotted|caught|identified|linked|named)
found (late|at|in|on|out|with|by|alone|wandering|carrying|far|asleep|hiding|unresponsive|drunk|
  intoxicated|several|two|three|a|an)
stop(ped)? and search(ed)?
stop search
searched
(went|gone|reported|goes|going|been|report of|episodes? of|reports? of)( a| being| him| her|
   them)? missing( again)?
missing (from|since|for|overnight|episodes?)
(away|absent) (from|for)
ran away|run away|absconded|failed to return|did not (return|come home)
disclos~
alleg~
(police|officers|ambulance|paramedics|staff|we|pc \w+)( were| was)? (called|attended|responded|
  deployed)
called (to|out)
attended (the|an|a|at|his|her|their|address|hospital|a&e)
(came|come|comes|coming|turned up|arrived|arrives|presented|presents) (in|into|to|at|home|back|
  with)
(has|have|had|is|was|been) (not )?(missed|missing|stopped|attending|refused)
(missed|missing) (most|school|lessons|\w+ (days|weeks|appointments|lessons))
not (been )?(attend~|in school|at school|seen)
attendance (has|is|was|of|at|below|down|dropped|fell|fallen)
witness(ed|ing)?
(second|third|fourth|fifth|sixth|\d+(th|rd|nd)) (time|incident|occasion|episode|call|referral|
  report)
escalat~|increas(e|ed|ing)( in)?|deteriorat~|getting worse
(told|tells|telling) (me|us|staff|a|an|the|his|her|their|police|officers|school|teacher|\w+ that)
no (food|heating|electricity|gas|money|bed)
(is|was|were|being|been) (left|living|staying|sleeping) (alone|with|in|on|at|home)
involved in
incident
(fight|assault|stabbing|robbery|collapse|overdose|argument|altercation)
bruis~
appeared? (to be )?(drunk|intoxicated|under)
"""

HARM: Final = r"""
(at|high|real|serious|significant|increased|immediate|ongoing|further|likely) risk( of| from| to)?
risks? (of|to|from|that|is|are|being)
risk(s|ed|ing) (his|her|their|being|getting|\w+ing)
significant harm
harm(ed|ful|ing)?
self harm~
suicid~
overdos~
injur~
bruis~
hurt(s|ing)?
wound~
burn(s|t|ed)
fractur~|broken (arm|wrist|nose|jaw|rib|ribs|bone)
cuts? (on|to|above|across)|cutting (herself|himself|themselves|her|his)|black eye|swollen
marks? (on|to|around)|scratch~|bleeding
exploit~
county lines
groom(ed|ing|er|ers)
traffick~
neglect~
abus(e|ed|es|ive|ing)
assault~
attack(ed|s)?
stab(bed|bing|bings)?
rap(e|ed)
beat(en|s|ing)|hit(s|ting)?|punch~|slap~|kick~|strangl~|chok~
violen~
threat(en|ened|ening|ens|s)?
intimidat~
coerc~|controll(ed|ing)|forced? (to|into)|pressur~
unsafe|not safe|not (feel|feeling) safe|does not feel safe|doesn't feel safe
danger(ous)?
(scared|afraid|frightened|terrified|fear|fears|fearful|in fear|fearing|traumati[sz]~|trauma|
  distress~|anxi(ety|ous)|depress~|withdrawn|nightmares|panic)
hungry|starving|malnourished|underweight|no food|not (being )?fed|unfed|cold|filthy|dirty
unwashed|lice|unkempt|squalid
(left |home |often )alone|unsupervised|without (supervision|an adult|food)
nobody (at home|looking after)
(drawn|lured|pulled|dragged|recruited|coerced) into
carry(ing)? (drugs|knives|a knife|weapons?|packages?)
(run|running|sell|selling|dealing|deal|hold|holding|moving|storing) drugs
debt bondage|in debt|drug debt|owes? (them |him |her )?money
sexual(ly|ised|ized)?
indecent|explicit (images?|photos?|pictures?)|nudes?
impact(ing|s|ed)? (on|of)|affect(ed|ing|s) (his|her|their|him|by)|suffer~
developmental|falling behind|losing weight|lost weight|weight loss|not eating|not sleeping
cannot sleep
could (be|have been|get) (killed|seriously|hurt|badly)|killed|die|died|death
life threatening
(drugs?|alcohol|substance|cannabis|cocaine|heroin) (misuse|use|supply|found)|intoxicated
drunk
radicali~|honour based|forced marriage|fgm|female genital mutilation
victim
controlled by|under the control
bull(y|ied|ying)
welfare (is|at risk|suffering)
"""

EVIDENCE: Final = r"""
(saw|seen by|seen with|was seen|observed|witnessed|noticed|overheard|heard|noted|photographed|
  measured|recovered|seized)
cctv
body worn( video| camera| footage)?|bwv|footage|video
messages?|texts?|whatsapp|snapchat|screenshots?|voicemails?|call (log|data|records)
photo(s|graph|graphs|graphed)?|pictures? (of|taken|show)|images?
records? (show|shows|showed|of|from|state|confirm)
(attendance|school|medical|health|custody|police|gp|hospital) (records?|notes?|logs?|reports?|
  registers?|data)
file notes?|case notes?|chronology|body( )?map~
(told|disclosed to|confided in|reported to|informed) (me|us|staff|police|officers|the|his|her|
  their|a|an|school|teacher|mum|nurse|\w+ that)
(said|says|states?|stated|reports?|reported|reporting|described|describes|confirmed|confirms|
  disclosed|admitted|alleged|alleges|claims?|claimed|explained) (that|he|she|they|to|his|her|
  their|mum|dad|by|a|an|the)
(mum|mother|dad|father|parents?|grandmother|nan|teacher|neighbour|neighbours|staff|officers?|
  nurse|doctor|gp|school|friend|friends|sibling|sister|brother|carer|carers|worker|head|landlord|
  paramedics?|shopkeeper|driver) (has |have |had |also )?(said|says|states?|stated|reports?|
  reported|told|describes?|described|confirms?|confirmed|saw|heard|noticed|observed|found|
  witnessed|recorded|informed|disclosed|called|rang|showed|alleged|counted|photographed)
according to
evidence(d)?( of| that| by| from| is)?
in (his|her|their) (possession|bag|pocket|room|bedroom|phone)
on (his|her|their) (phone|person|arm|arms|face|neck|back|leg|legs|wrist|body)
(bruis~|marks?|cuts?|burns?|injur~|scratch~) (on|to|around|above|under|consistent)
(\w+ )?(times|occasions|incidents|calls|missing episodes|absences) (in|this|since|over|within|
  during)
(fingerprints?|dna|forensic~|toxicology|blood test|x ray|medical examination|anpr|train tickets?|
  bank statements?|receipts?)
intelligence|intel|crime (report|number|ref)|niche|athena|pnd|pnc
attendance (is|was|at|of|has|down|fell|below|stands)
"""

ASK: Final = r"""
please
(i|we|school|police|officers?|staff|they|mum|dad|parents?|family) (are |am |is |would |also |
  therefore |now )?(ask|asks|asking|request|requests|requesting|seek|seeking|recommend|recommends|
  recommending|propose|suggest|hope|hoping|looking)( for| that| you| a| an| the| social care| to)?
request(s|ed|ing)?( is| for| a| an| that)?
asking (for|that|you|social)
would (like|welcome|be grateful|ask|benefit)
we need|i need
needs? (a|an|to be (assessed|seen|allocated|considered|visited)|support|help|assess~|urgent|
  early help|therap~|safety)
(child and family |social work |full |urgent |an |statutory |section 17 |section 47 |risk |
  parenting |initial |single |s17 |s47 )?assessment
strategy (discussion|meeting)
section (17|47|20)|s\.?( )?(17|47)
child protection (conference|enquiry|enquiries|medical|plan)|icpc
early help
(family|therapeutic|mental health|specialist|targeted|parenting|emotional|intensive) support
support (for|to|with|package|worker|plan)
safety plan~|safeguarding plan|plan (before|for|to|of)
(allocat~|assign~) (a |of a |an )?(social )?worker
(a|an) (social |family |key |support )?worker( for| to)?
(home |welfare |joint |urgent )?visit( to| the| today| by)?
welfare check|check (of|on|that|who)|checks (on|of)
(refer|referral|signpost) (on )?(to|for) (the |a |an )?(camhs|nrm|mash|early help|mentoring|
  counsell~|services?|support|therap~|national|young carers|youth|substance)
(can|could|would|will) (you|someone|social care|children's services|the team|a worker|the duty|
  cads|mash)
consider(ation|ed|ing)?( of| for| whether| a| an)?
national referral mechanism|nrm
mentor(ing)?|counselling|therapy|respite|advocate|advocacy|family group conference
return home interview|move(d)? to a safe|emergency (accommodation|placement)|help (for|with)
action (requested|required|needed)|multi agency (meeting|response|plan)|information sharing
advice (on|about|and|from|please)|seeking|hop(e|ing) (that|for|to get)
"""
