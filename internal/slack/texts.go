package slack

// What this package says itself.
const (
	textSearching    = "zoekt…"
	textThanks       = "Dank je, je oordeel is bewaard."
	textGone         = "Dit antwoord is er niet meer."
	textBusy         = "Er zijn nu te veel vragen tegelijk; deze vraag wordt niet beantwoord. Stel haar straks nog eens."
	textOtherTeam    = "In deze werkruimte worden geen vragen beantwoord."
	textOtherChannel = "In dit kanaal worden geen vragen beantwoord."
	textHelp         = "Stel een vraag over de documenten, bijvoorbeeld `/bronwijzer Wat is de signalentafel?`, of noem me in een kanaal met de vraag erachter. Elk antwoord toont de woorden waarop het rust."
	textNotReady     = "De documenten worden nog ingelezen. Probeer het zo nog eens."
	textNoModel      = "Het taalmodel is nu niet bereikbaar. Probeer het zo nog eens."
	textTimeout      = "Het antwoord duurde te lang. Probeer het nog eens."
	textFailed       = "Er ging iets mis bij het antwoorden."
	textRequest      = "Nummer van dit verzoek: %s"
	textIncomplete   = "Het antwoord is niet af: het werd onderbroken."
	textSearchedFor  = "Gezocht op: %s"
	textNearest      = "De passages die er het dichtst bij komen:"
	textSources      = "Bronnen"
	textWhole        = "Dit is niet alles."
	textWholeLink    = "Lees het hele antwoord"
	textGood         = "Nuttig"
	textBad          = "Klopt niet"
	textShare        = "Deel in dit kanaal"
	textShowSource   = "Toon bron…"
	textSharedBy     = "<@%s> deelt een antwoord op: %s"
	textNoCitation   = "Deze bron heeft het antwoord niet."
)
