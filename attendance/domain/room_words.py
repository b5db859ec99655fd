"""The words of the room's code: common French nouns that sound like nothing else and offend nobody.

No two are one letter apart once their accents are gone, so that a word said in a video call and typed without accents
is understood or refused, and never taken for another. Their order and their number are part of what is computed: a list
that is changed changes every word that is shown.
"""

from __future__ import annotations

_WORDS = """
abeille abricotier acacia accordéon agneau alouette amandier ampoule ananas anémone anguille anorak antenne antilope
aquarelle araignée armoire arrosoir artichaut asperge assiette aubergine aurore autruche avalanche averse avocat
bagage baignoire balance balançoire baleine ballon bambou banquette banquise baobab baril bascule basilic bassine
bateau beignet belette betterave beurre bicyclette biscuit bison bleuet bocal bougie bouilloire bouleau boulevard
bouquetin boussole bouteille bracelet brebis brioche brise brocoli brosse brouette brouillard brume bruyère buffle
bureau cactus cadenas cahier calendrier calmar camion canapé canard cannelle canoë canyon capucine carafe caramel
caravane caribou carotte cartable carton cascade casquette casserole cassis castor caverne ceinture céleri cerceau
cerisier chacal chaise chalet chameau chamois champignon chandelle chardon chariot chaussette cheminée chemise
chenille cheval chevalet chèvre chevreuil chocolat chouette ciboulette cigale cigogne citronnier citrouille clairière
clarinette clavier clémentine cloche coccinelle coffre colibri collier colline colombe comète commode compote
concombre condor confiture continent coquelicot corail corbeau corbeille coriandre cornichon costume courgette coussin
couteau couverture crabe cratère crayon crépuscule cresson crevette crocodile croissant dahlia dauphin dentelle désert
domino drapeau dromadaire écharpe échelle éclipse écran écureuil éléphant enclume enveloppe épervier épinard épingle
éponge escabeau escargot estragon étagère étincelle étoile étourneau éventail faisan falaise farine faucon fauteuil
fauvette fenêtre fenouil ficelle figuier flacon flûte fontaine fougère foulard fourchette fourgon fourmi framboise
frelon fromage furet galaxie galette gaufre gazelle géranium gilet gingembre girafe girouette givre glacier glycine
gobelet goéland gomme gourde goyave gravier grelot grenier grenouille grillon groseille grotte guépard guêpe guirlande
guitare hamac hamster haricot harmonica harpe hérisson hermine héron hibou hirondelle horizon horloge huître igloo
iguane iris jaguar jardin jasmin jonquille jungle kangourou kayak kiwi klaxon koala lagune laitue lama lampadaire
lampe langouste lanterne lapin lavabo lavande lentille léopard lévrier lézard libellule lièvre lilas limace lionne
loupe loutre lunette lustre machine madeleine mammouth mandarine mangue manteau marguerite marmite marmotte marsouin
martinet matelas médaille méduse melon meringue merle mésange météore métro micro miel mimosa mirabelle miroir moineau
montagne morse mosaïque moteur mouchoir mouette moufle moulin moustique moutarde mouton muguet mulet musaraigne
muscade myrtille narcisse navette nectarine neige noisetier noisette nougat nuage oasis océan olivier omelette orange
orchidée ordinateur oreiller orgue oseille otarie ouragan ourson pagode palmier pamplemousse panda panier pantalon
panthère pantoufle papillon pâquerette parapluie parasol passoire pastèque peigne pélican pelouse pendule péninsule
perdrix perroquet persil peuplier phoque piano pigeon piment pinceau pingouin pinson pissenlit pistache pivoine
planche planète platane plateau pluie poche poireau poisson poivre pommier poney porcelaine portail poterie potiron
poulain poulpe poupée poussette prairie praline primevère prunier puma pyjama quiche quille radis ragondin rainette
raisin réglisse renard requin réveil rhubarbe rideau rivage rivière robinet rocher romarin roquette roseau rosier
rossignol ruban sablier sacoche safran salade sandale sanglier sardine sarrasin saumon sauterelle savane saxophone
scarabée semoule sentier serpent serrure serviette sésame sifflet sirop soleil sorbet soupière source souris stylo
sucrier tableau tabouret tambour tapir tartine tasse téléphone tempête théière tigre tilleul timbre tisane toboggan
tomate tondeuse tonnerre torche torrent tortue toucan tournesol tournevis traîneau trampoline trèfle tricycle trombone
trompette trottinette trousse truite tulipe tunique tunnel univers valise vallée vanille vase vautour vélo verger
verveine veste village violette violon vipère vitrine voilier voiture volcan wagon zèbre
"""
WORDS = tuple(_WORDS.split())
