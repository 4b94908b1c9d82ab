package fees

import "strings"

// Words are what contacts of clients are written about a milestone, each with {milestone} or {by} where it names one. A test sees
// that no language lacks one.
type Words struct {
	ReadySubject, ReadySaid, ReadyAsk, Look string
}

var words = map[string]Words{
	"en": {
		ReadySubject: "“{milestone}” is ready again", ReadySaid: "{by} says that the changes to “{milestone}” are made.",
		ReadyAsk: "Please look at it, and accept it or say what is still missing.", Look: "Look at the milestone",
	},
	"de": {
		ReadySubject: "„{milestone}“ ist wieder bereit", ReadySaid: "{by} hat die gewünschten Änderungen an „{milestone}“ als erledigt gemeldet.",
		ReadyAsk: "Bitte sehen Sie es sich an und nehmen Sie es ab, oder sagen Sie uns, was noch fehlt.", Look: "Meilenstein ansehen",
	},
	"fr": {
		ReadySubject: "« {milestone} » vous est présenté de nouveau", ReadySaid: "{by} indique que les modifications de « {milestone} » sont faites.",
		ReadyAsk: "Merci de l’examiner, puis de l’accepter ou de nous dire ce qui manque encore.", Look: "Voir le jalon",
	},
	"es": {
		ReadySubject: "«{milestone}» está listo de nuevo", ReadySaid: "{by} indica que los cambios de «{milestone}» están hechos.",
		ReadyAsk: "Les rogamos que lo revisen y lo acepten, o que nos digan qué falta todavía.", Look: "Ver el hito",
	},
}

// WordsIn are the words of a language; unknown ones speak English.
func WordsIn(language string) Words {
	if w, known := words[language]; known {
		return w
	}
	return words["en"]
}

// Ready writes to who asked for changes that they are made.
func (w Words) Ready(milestone, by, note string) Notice {
	fill := strings.NewReplacer("{milestone}", milestone, "{by}", by).Replace
	n := Notice{Subject: fill(w.ReadySubject), Paragraphs: []string{fill(w.ReadySaid)}, Action: w.Look, Path: "/portal"}
	if note != "" {
		n.Paragraphs = append(n.Paragraphs, note)
	}
	n.Paragraphs = append(n.Paragraphs, w.ReadyAsk)
	return n
}
