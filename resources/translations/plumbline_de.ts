<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>PictureLoader</name>
    <message>
        <source>Picture %1 is missing from the project&apos;s folder.</source>
        <translation>Bild %1 fehlt im Ordner des Projekts.</translation>
    </message>
    <message>
        <source>Picture %1 is damaged on disk.</source>
        <translation>Bild %1 ist auf der Platte beschädigt.</translation>
    </message>
    <message>
        <source>Picture %1 is too large to show.</source>
        <translation>Bild %1 ist zu groß zum Anzeigen.</translation>
    </message>
    <message>
        <source>Picture %1 cannot be decoded.</source>
        <translation>Bild %1 lässt sich nicht lesen.</translation>
    </message>
</context>
<context>
    <name>answer</name>
    <message>
        <source>left</source>
        <translation>links</translation>
    </message>
    <message>
        <source>right</source>
        <translation>rechts</translation>
    </message>
    <message>
        <source>both good</source>
        <translation>beide gut</translation>
    </message>
    <message>
        <source>both bad</source>
        <translation>beide schlecht</translation>
    </message>
    <message>
        <source>good</source>
        <translation>gut</translation>
    </message>
    <message>
        <source>bad</source>
        <translation>schlecht</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>nothing wrong</source>
        <translation>nichts falsch</translation>
    </message>
    <message>
        <source>%1 painted</source>
        <translation>%1 bemalt</translation>
    </message>
</context>
<context>
    <name>duration</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
</context>
<context>
    <name>job</name>
    <message>
        <source>Draw pictures</source>
        <translation>Bilder zeichnen</translation>
    </message>
    <message>
        <source>Train a reward</source>
        <translation>Bewertung trainieren</translation>
    </message>
    <message>
        <source>Fine-tune</source>
        <translation>Feinabstimmung</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>drawing</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <source>questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>features</source>
        <translation>Merkmale</translation>
    </message>
    <message>
        <source>reward heads</source>
        <translation>Bewertungsköpfe</translation>
    </message>
    <message>
        <source>region map</source>
        <translation>Regionenkarte</translation>
    </message>
    <message>
        <source>pictures to learn from</source>
        <translation>Lernbilder</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>measuring</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>matching</source>
        <translation>Abgleich</translation>
    </message>
    <message>
        <source>following regions</source>
        <translation>Regionen verfolgen</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>adapter</source>
        <translation>Adapter</translation>
    </message>
</context>
<context>
    <name>page</name>
    <message>
        <source>Annotate</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>Gallery</source>
        <translation>Galerie</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>Prompts</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>Align</source>
        <translation>Anpassen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
</context>
<context>
    <name>percent</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>plumbline</name>
    <message>
        <source>Train a reward</source>
        <translation>Bewertung trainieren</translation>
    </message>
    <message>
        <source>Go to Annotate</source>
        <translation>Zu Bewerten</translation>
    </message>
    <message>
        <source>Prompts to learn from: %1</source>
        <translation>Prompts zum Lernen: %1</translation>
    </message>
    <message>
        <source>No prompts for training yet.</source>
        <translation>Noch keine Prompts zum Trainieren.</translation>
    </message>
    <message>
        <source>Add prompts</source>
        <translation>Prompts hinzufügen</translation>
    </message>
    <message>
        <source>A reward model is trained</source>
        <translation>Ein Bewertungsmodell ist trainiert</translation>
    </message>
    <message>
        <source>No reward model yet: it says which way is better.</source>
        <translation>Noch kein Bewertungsmodell: Es sagt, was besser ist.</translation>
    </message>
    <message>
        <source>Masks: %1, and a region head</source>
        <translation>Masken: %1, und ein Regionenkopf</translation>
    </message>
    <message>
        <source>Masks: %1</source>
        <translation>Masken: %1</translation>
    </message>
    <message>
        <source>No masks yet: nobody has painted where pictures are wrong.</source>
        <translation>Noch keine Masken: Niemand hat gemalt, wo Bilder falsch sind.</translation>
    </message>
    <message>
        <source>Comparisons: %1</source>
        <translation>Vergleiche: %1</translation>
    </message>
    <message>
        <source>No compared pictures yet.</source>
        <translation>Noch keine verglichenen Bilder.</translation>
    </message>
    <message>
        <source>Pictures called good or bad: %1</source>
        <translation>Als gut oder schlecht beurteilte Bilder: %1</translation>
    </message>
    <message>
        <source>No pictures called good or bad yet.</source>
        <translation>Noch keine als gut oder schlecht beurteilten Bilder.</translation>
    </message>
    <message>
        <source>Also needs: %1</source>
        <translation>Braucht außerdem: %1</translation>
    </message>
    <message>
        <source>It needs a reward model: train one on Reward.</source>
        <translation>Es fehlt ein Bewertungsmodell: trainieren Sie eines unter Bewertung.</translation>
    </message>
    <message>
        <source>It needs held-out prompts: import some with the split held_out on Prompts.</source>
        <translation>Es fehlen zurückgehaltene Prompts: importieren Sie unter Prompts einige mit der Aufteilung held_out.</translation>
    </message>
    <message>
        <source>It is being evaluated; see Jobs.</source>
        <translation>Der Lauf wird gerade ausgewertet; siehe Aufträge.</translation>
    </message>
</context>
<context>
    <name>plumbline::AlignSetup</name>
    <message>
        <source>%1, right in %2 %</source>
        <translation>%1, richtig in %2 %</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>What it needs</source>
        <translation>Was es braucht</translation>
    </message>
    <message>
        <source>Reward to follow</source>
        <translation>Bewertung, der gefolgt wird</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>New fine-tune</source>
        <translation>Neue Feinabstimmung</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>Newest (%1)</source>
        <translation>Neueste (%1)</translation>
    </message>
    <message>
        <source>Paper: %1</source>
        <translation>Veröffentlichung: %1</translation>
    </message>
    <message>
        <source>The generator is not in %1. Put its folder back there, or make one with: plumbline train-base</source>
        <translation>Der Generator liegt nicht in %1. Legen Sie seinen Ordner dorthin zurück, oder erzeugen Sie einen mit: plumbline train-base</translation>
    </message>
    <message>
        <source>Something is missing, see above.</source>
        <translation>Es fehlt etwas, siehe oben.</translation>
    </message>
    <message>
        <source>A setting is outside its range.</source>
        <translation>Eine Einstellung liegt außerhalb ihres Bereichs.</translation>
    </message>
    <message>
        <source>Reading what the program can do...</source>
        <translation>Es wird gelesen, was das Programm kann...</translation>
    </message>
</context>
<context>
    <name>plumbline::AnnotateHeader</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 answered by you, %2 open</source>
        <translation>%1 von Ihnen beantwortet, %2 offen</translation>
    </message>
    <message>
        <source>%1 per minute</source>
        <translation>%1 je Minute</translation>
    </message>
</context>
<context>
    <name>plumbline::AnnotateSession</name>
    <message>
        <source>There is no answer to take back.</source>
        <translation>Es gibt keine Antwort, die man zurücknehmen könnte.</translation>
    </message>
</context>
<context>
    <name>plumbline::AnswerBar</name>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>why:</source>
        <translation>warum:</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>plumbline::ExportFacts</name>
    <message>
        <source>Comparisons: %1</source>
        <translation>Vergleiche: %1</translation>
    </message>
    <message>
        <source>Looked-at regions: %1</source>
        <translation>Angesehene Regionen: %1</translation>
    </message>
    <message>
        <source>Finished fine-tunes: %1</source>
        <translation>Fertige Feinabstimmungen: %1</translation>
    </message>
    <message>
        <source>No fine-tune has finished yet, so there is no adapter to export.</source>
        <translation>Noch keine Feinabstimmung ist fertig, also gibt es keinen Adapter zum Exportieren.</translation>
    </message>
    <message>
        <source>Nobody has painted masks yet.</source>
        <translation>Noch niemand hat Masken gemalt.</translation>
    </message>
    <message>
        <source>Nobody has compared pictures yet.</source>
        <translation>Noch niemand hat Bilder verglichen.</translation>
    </message>
</context>
<context>
    <name>plumbline::ExportForm</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation>Wählen...</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
    <message>
        <source>Choose a folder to export to.</source>
        <translation>Wählen Sie einen Ordner für den Export.</translation>
    </message>
    <message>
        <source>Give the export a name.</source>
        <translation>Geben Sie dem Export einen Namen.</translation>
    </message>
    <message>
        <source>There is something of this name already; choose another.</source>
        <translation>Es gibt schon etwas mit diesem Namen; wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>An option is outside its range.</source>
        <translation>Eine Option liegt außerhalb ihres Bereichs.</translation>
    </message>
    <message>
        <source>Writes %1</source>
        <translation>Schreibt %1</translation>
    </message>
    <message>
        <source>Go to Align</source>
        <translation>Zu Anpassen</translation>
    </message>
    <message>
        <source>Go to Annotate</source>
        <translation>Zu Bewerten</translation>
    </message>
</context>
<context>
    <name>plumbline::GuidePanel</name>
    <message>
        <source>Guideline</source>
        <translation>Richtlinie</translation>
    </message>
    <message>
        <source>Choose the picture that follows the prompt better: what is there, how many, which colour, where. If both do equally well, look for damage.

**Ties.** *Both good* if you would accept either, *both bad* if you would accept neither. Skip if you cannot tell.

Reasons are optional: press them before the answer.</source>
        <translation>Wählen Sie das Bild, das dem Prompt besser folgt: was da ist, wie viele, welche Farbe, wo. Sind beide gleich gut, achten Sie auf Schäden.

**Gleichstand.** *Beide gut*, wenn Sie jedes nähmen, *beide schlecht*, wenn Sie keines nähmen. Überspringen, wenn Sie es nicht sagen können.

Gründe sind freiwillig: vor der Antwort drücken.</translation>
    </message>
    <message>
        <source>Judge this picture alone, by this one question. *Good* means you would accept it as it is.

Skip if you cannot tell.</source>
        <translation>Beurteilen Sie dieses Bild allein, nach dieser einen Frage. *Gut* heißt, Sie nähmen es so, wie es ist.

Überspringen, wenn Sie es nicht sagen können.</translation>
    </message>
    <message>
        <source>Paint every spot that is wrong, each in its category; what you leave unpainted counts as fine. A little over the edge is better than too little.

**Unsafe**: should not be shown. **Artifact**: broken, smeared, noise. **Not asked for**: nothing in the prompt calls for it. **Ugly**: all the rest.</source>
        <translation>Übermalen Sie jede falsche Stelle, jede in ihrer Art; was frei bleibt, gilt als gut. Lieber etwas über den Rand als zu wenig.

**Nicht zeigbar**: sollte nicht gezeigt werden. **Bildfehler**: zerbrochen, verschmiert, Rauschen. **Nicht verlangt**: der Prompt nennt es nicht. **Hässlich**: alles Übrige.</translation>
    </message>
</context>
<context>
    <name>plumbline::HistoryStrip</name>
    <message>
        <source>Your last ten answers appear here; click one to change it.</source>
        <translation>Hier stehen die letzten zehn Antworten; ein Klick ändert eine.</translation>
    </message>
</context>
<context>
    <name>plumbline::HostBridge</name>
    <message>
        <source>Working</source>
        <translation>Arbeitet</translation>
    </message>
</context>
<context>
    <name>plumbline::HostClient</name>
    <message>
        <source>The program %1 could not be started; build it, or reinstall.</source>
        <translation>Das Programm %1 ließ sich nicht starten; bauen oder installieren Sie es neu.</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>ohne Angabe von Gründen</translation>
    </message>
    <message>
        <source>The device host ended again and again (%1); answers are safe, but nothing new is drawn until it is started again.</source>
        <translation>Der Gerätedienst endete immer wieder (%1); die Antworten sind sicher, aber bis er neu gestartet wird, wird nichts Neues gezeichnet.</translation>
    </message>
</context>
<context>
    <name>plumbline::Inspector</name>
    <message>
        <source>Ask where it is wrong</source>
        <translation>Fragen, wo es falsch ist</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>How it was made</source>
        <translation>Wie es entstand</translation>
    </message>
    <message>
        <source>preferred to another</source>
        <translation>einem anderen vorgezogen</translation>
    </message>
    <message>
        <source>another preferred</source>
        <translation>ein anderes vorgezogen</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keine</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1: %2, %3</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>%1, picture %2</source>
        <translation>%1, Bild %2</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>Sampler</translation>
    </message>
    <message>
        <source>%1, %2 steps, guidance %3</source>
        <translation>%1, %2 Schritte, Führung %3</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>begins after %1 % of the steps</source>
        <translation>beginnt nach %1 % der Schritte</translation>
    </message>
    <message>
        <source>Fresh noise</source>
        <translation>Frisches Rauschen</translation>
    </message>
    <message>
        <source>eta %1</source>
        <translation>Eta %1</translation>
    </message>
    <message>
        <source>Not</source>
        <translation>Nicht</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Rechenwerk</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>%1 x %2 pixels</source>
        <translation>%1 x %2 Pixel</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Hash</source>
        <translation>Hash</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>The question is next in the queue on Annotate.</source>
        <translation>Die Frage kommt auf der Seite Bewerten als nächste.</translation>
    </message>
</context>
<context>
    <name>plumbline::JobActions</name>
    <message>
        <source>Job %1 starts as soon as the device host runs.</source>
        <translation>Auftrag %1 beginnt, sobald der Gerätedienst läuft.</translation>
    </message>
    <message>
        <source>Job %1 ends after this step and saves what it has learned.</source>
        <translation>Auftrag %1 endet nach diesem Schritt und sichert, was er gelernt hat.</translation>
    </message>
</context>
<context>
    <name>plumbline::JobChip</name>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, noch %2</translation>
    </message>
    <message>
        <source>%1 (+%2 more)</source>
        <translation>%1 (und %2 weitere)</translation>
    </message>
    <message>
        <source>Open Jobs</source>
        <translation>Aufträge öffnen</translation>
    </message>
</context>
<context>
    <name>plumbline::JobDetails</name>
    <message>
        <source>Parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Last value</source>
        <translation>Letzter Wert</translation>
    </message>
    <message>
        <source>Show results</source>
        <translation>Ergebnisse zeigen</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschah</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>Messwerte</translation>
    </message>
    <message>
        <source>%1  Warning: %2</source>
        <translation>%1  Warnung: %2</translation>
    </message>
    <message>
        <source>No job is chosen</source>
        <translation>Kein Auftrag ist gewählt</translation>
    </message>
    <message>
        <source>Job %1: %2</source>
        <translation>Auftrag %1: %2</translation>
    </message>
    <message>
        <source>%1  Asked for (%2)</source>
        <translation>%1  Angefordert (%2)</translation>
    </message>
    <message>
        <source>%1  Started</source>
        <translation>%1  Begonnen</translation>
    </message>
    <message>
        <source>%1  Started; last on %2, process %3</source>
        <translation>%1  Begonnen; zuletzt auf %2, Prozess %3</translation>
    </message>
    <message>
        <source>Begun %1 times, each time from what was saved</source>
        <translation>%1-mal begonnen, jedes Mal vom Gesicherten aus</translation>
    </message>
    <message>
        <source>Belongs to run %1</source>
        <translation>Gehört zu Lauf %1</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>plumbline::JobModel</name>
    <message>
        <source>%1 %2 of %3</source>
        <translation>%1 %2 von %3</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
</context>
<context>
    <name>plumbline::KeyOverlay</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Any key closes this. Keys can be changed in Settings.</source>
        <translation>Jede Taste schließt dies. Tasten lassen sich in den Einstellungen ändern.</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
</context>
<context>
    <name>plumbline::MainWindow</name>
    <message>
        <source>%1 - Plumbline</source>
        <translation>%1 - Plumbline</translation>
    </message>
    <message>
        <source>Ctrl+%1</source>
        <translation>Strg+%1</translation>
    </message>
    <message>
        <source>answered in this session: %1</source>
        <translation>in dieser Sitzung beantwortet: %1</translation>
    </message>
    <message>
        <source>%1, %2 per minute</source>
        <translation>%1, %2 je Minute</translation>
    </message>
    <message>
        <source>This build has no page &quot;%1&quot;.</source>
        <translation>Dieses Programm hat keine Seite &quot;%1&quot;.</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is still at work. Pause it and close?</source>
        <translation>„%1“ arbeitet noch. Pausieren und schließen?</translation>
    </message>
    <message>
        <source>It runs only while this window is open. Paused, it keeps all it has done; Resume on Jobs lets it go on.</source>
        <translation>Das läuft nur, solange dieses Fenster offen ist. Pausiert behält es alles Getane; „Fortsetzen“ unter Aufträge lässt es weiterlaufen.</translation>
    </message>
    <message>
        <source>Pause and close</source>
        <translation>Pausieren und schließen</translation>
    </message>
    <message>
        <source>Keep open</source>
        <translation>Offen lassen</translation>
    </message>
</context>
<context>
    <name>plumbline::MaskCanvas</name>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
</context>
<context>
    <name>plumbline::MetricChart</name>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>No values yet</source>
        <translation>Noch keine Werte</translation>
    </message>
</context>
<context>
    <name>plumbline::NoticeBar</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>plumbline::PromptModel</name>
    <message>
        <source>train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Stichworte</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
</context>
<context>
    <name>plumbline::QueryFeed</name>
    <message>
        <source>A question was set aside: %1</source>
        <translation>Eine Frage wurde zurückgestellt: %1</translation>
    </message>
</context>
<context>
    <name>plumbline::QueueKeeper</name>
    <message>
        <source>New questions</source>
        <translation>Neue Fragen</translation>
    </message>
</context>
<context>
    <name>plumbline::Rail</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>plumbline::RewardOverview</name>
    <message>
        <source>Reward training</source>
        <translation>Training der Bewertung</translation>
    </message>
</context>
<context>
    <name>plumbline::RewardResults</name>
    <message>
        <source>training loss</source>
        <translation>Trainingsverlust</translation>
    </message>
    <message>
        <source>held-out accuracy</source>
        <translation>Treffer, ungesehen</translation>
    </message>
    <message>
        <source>Learning curve</source>
        <translation>Lernkurve</translation>
    </message>
    <message>
        <source>Can its confidence be trusted?</source>
        <translation>Ist auf die Sicherheit Verlass?</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>Durchgang</translation>
    </message>
    <message>
        <source>confidence</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>share right</source>
        <translation>Anteil richtig</translation>
    </message>
    <message>
        <source>held-out comparisons</source>
        <translation>ungesehene Vergleiche</translation>
    </message>
    <message>
        <source>perfect</source>
        <translation>ideal</translation>
    </message>
    <message>
        <source>Learnt from</source>
        <translation>Gelernt aus</translation>
    </message>
    <message>
        <source>Comparisons, held out</source>
        <translation>Vergleiche, ungesehen</translation>
    </message>
    <message>
        <source>Good or bad, held out</source>
        <translation>Gut oder schlecht, ungesehen</translation>
    </message>
    <message>
        <source>Calibration error</source>
        <translation>Kalibrierfehler</translation>
    </message>
    <message>
        <source>Region overlap, held out</source>
        <translation>Überdeckung, ungesehen</translation>
    </message>
    <message>
        <source>Trained models</source>
        <translation>Trainierte Modelle</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>Comparisons</source>
        <translation>Vergleiche</translation>
    </message>
    <message>
        <source>Good or bad</source>
        <translation>Gut oder schlecht</translation>
    </message>
    <message>
        <source>Regions</source>
        <translation>Stellen</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>answers up to %1</source>
        <translation>Antworten bis %1</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>Fassung %1</translation>
    </message>
    <message>
        <source>%1 compared, %2 rated, %3 painted</source>
        <translation>%1 verglichen, %2 beurteilt, %3 bemalt</translation>
    </message>
    <message>
        <source>of %1; people agree with each other in %2</source>
        <translation>von %1; Menschen sind sich in %2 einig</translation>
    </message>
    <message>
        <source>of %1, %2 ties aside</source>
        <translation>von %1, ohne %2 Unentschieden</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>0: as often right as it believes</source>
        <translation>0: so oft richtig, wie es glaubt</translation>
    </message>
    <message>
        <source>no masks to learn from</source>
        <translation>keine Masken, um daraus zu lernen</translation>
    </message>
    <message>
        <source>Judged by the default world&apos;s truth on held-out pictures: %1 of %2 pairs in the right order, %3 of those that differ in correctness only, %4 with the prompts exchanged; region overlap %5.</source>
        <translation>An der Wahrheit der Standardwelt gemessen, auf zurückgehaltenen Bildern: %1 von %2 Paaren in der richtigen Reihenfolge, %3 von denen, die sich nur in der Richtigkeit unterscheiden, %4 mit vertauschten Prompts; Überdeckung der Stellen %5.</translation>
    </message>
    <message>
        <source>too few masks to hold some out</source>
        <translation>zu wenige Masken, um einige zurückzuhalten</translation>
    </message>
    <message>
        <source>%1: %2 (painted in %3)</source>
        <translation>%1: %2 (in %3 bemalt)</translation>
    </message>
</context>
<context>
    <name>plumbline::RewardTrainingPanel</name>
    <message>
        <source>Train the reward</source>
        <translation>Bewertung trainieren</translation>
    </message>
    <message>
        <source>Go on with it</source>
        <translation>Damit fortfahren</translation>
    </message>
    <message>
        <source>Answer more</source>
        <translation>Mehr beantworten</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>What it learns from</source>
        <translation>Woraus gelernt wird</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The settings are not known without the device host; training uses the defaults.</source>
        <translation>Ohne den Gerätedienst sind die Einstellungen nicht bekannt; trainiert wird mit den Vorgaben.</translation>
    </message>
    <message>
        <source>Comparisons</source>
        <translation>Vergleiche</translation>
    </message>
    <message>
        <source>Good or bad</source>
        <translation>Gut oder schlecht</translation>
    </message>
    <message>
        <source>Painted masks</source>
        <translation>Gemalte Masken</translation>
    </message>
    <message>
        <source>Other answers</source>
        <translation>Andere Antworten</translation>
    </message>
    <message>
        <source>of them skipped</source>
        <translation>davon übersprungen</translation>
    </message>
    <message>
        <source>New since the model in use: %1.</source>
        <translation>Neu seit dem Modell in Gebrauch: %1.</translation>
    </message>
    <message>
        <source>The model in use knows them all.</source>
        <translation>Das Modell in Gebrauch kennt sie alle.</translation>
    </message>
    <message>
        <source>At least %1 are needed, %2 more.</source>
        <translation>Mindestens %1 sind nötig, noch %2.</translation>
    </message>
    <message>
        <source>What was said about held-out prompts is left out.</source>
        <translation>Was zu zurückgehaltenen Prompts gesagt wurde, bleibt außen vor.</translation>
    </message>
    <message>
        <source>The last training failed: %1</source>
        <translation>Das letzte Training ist gescheitert: %1</translation>
    </message>
    <message>
        <source>The last training was cancelled.</source>
        <translation>Das letzte Training wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The last training was interrupted.</source>
        <translation>Das letzte Training wurde unterbrochen.</translation>
    </message>
    <message>
        <source>The last training is paused.</source>
        <translation>Das letzte Training ist angehalten.</translation>
    </message>
    <message>
        <source>Waiting for the device</source>
        <translation>Wartet auf das Gerät</translation>
    </message>
    <message>
        <source>Looking at the pictures</source>
        <translation>Bilder ansehen</translation>
    </message>
    <message>
        <source>Learning where faults are</source>
        <translation>Lernen, wo Fehler sind</translation>
    </message>
    <message>
        <source>Learning what is preferred</source>
        <translation>Lernen, was vorgezogen wird</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 von %3</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, noch %2</translation>
    </message>
    <message>
        <source>There are not enough answers yet.</source>
        <translation>Es gibt noch nicht genug Antworten.</translation>
    </message>
    <message>
        <source>One of the settings is out of range.</source>
        <translation>Eine der Einstellungen liegt außerhalb ihres Bereichs.</translation>
    </message>
</context>
<context>
    <name>plumbline::RunView</name>
    <message>
        <source>trained reward</source>
        <translation>trainierte Bewertung</translation>
    </message>
    <message>
        <source>held-out reward</source>
        <translation>zurückgehaltene Bewertung</translation>
    </message>
    <message>
        <source>Distance to the base (of 255)</source>
        <translation>Abstand zur Grundlage (von 255)</translation>
    </message>
    <message>
        <source>Diversity</source>
        <translation>Vielfalt</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Reward of the training pictures</source>
        <translation>Bewertung der Trainingsbilder</translation>
    </message>
    <message>
        <source>Region loss</source>
        <translation>Regionenverlust</translation>
    </message>
    <message>
        <source>Wrong regions that remain</source>
        <translation>Verbleibende falsche Regionen</translation>
    </message>
    <message>
        <source>Penalty for changes outside</source>
        <translation>Strafe für Änderungen außerhalb</translation>
    </message>
    <message>
        <source>Change outside the masks (of 255)</source>
        <translation>Änderung außerhalb der Masken (von 255)</translation>
    </message>
    <message>
        <source>Change inside the masks (of 255)</source>
        <translation>Änderung innerhalb der Masken (von 255)</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>Gradientennorm</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go on from the last checkpoint</source>
        <translation>Vom letzten Sicherungspunkt aus weitermachen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Save a checkpoint and give the device back</source>
        <translation>Einen Sicherungspunkt schreiben und das Gerät freigeben</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>Beenden und sichern</translation>
    </message>
    <message>
        <source>End after this step and keep what was learned</source>
        <translation>Nach diesem Schritt enden und das Gelernte behalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop within one step</source>
        <translation>Innerhalb eines Schritts abbrechen</translation>
    </message>
    <message>
        <source>Export LoRA...</source>
        <translation>LoRA exportieren...</translation>
    </message>
    <message>
        <source>Write the adapter for other tools</source>
        <translation>Den Adapter für andere Werkzeuge schreiben</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>Run %1: %2</source>
        <translation>Lauf %1: %2</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>This run has left no pictures.</source>
        <translation>Dieser Lauf hat keine Bilder hinterlassen.</translation>
    </message>
    <message>
        <source>Pictures at fixed seeds appear here while the run goes on.</source>
        <translation>Bilder zu festen Startwerten erscheinen hier, während der Lauf arbeitet.</translation>
    </message>
    <message>
        <source>Training prompts</source>
        <translation>Trainingsprompts</translation>
    </message>
    <message>
        <source>Held-out prompts</source>
        <translation>Zurückgehaltene Prompts</translation>
    </message>
    <message>
        <source>evaluated</source>
        <translation>ausgewertet</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>outside: %1 of 255</source>
        <translation>außerhalb: %1 von 255</translation>
    </message>
    <message>
        <source>change: %1 of 255</source>
        <translation>Änderung: %1 von 255</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Draw held-out prompts with the base and with this run, and compare</source>
        <translation>Zurückgehaltene Prompts mit der Grundlage und mit diesem Lauf zeichnen und vergleichen</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>Einstellungen übernehmen</translation>
    </message>
    <message>
        <source>Fill the form on the right with the settings of this run</source>
        <translation>Das Formular rechts mit den Einstellungen dieses Laufs füllen</translation>
    </message>
</context>
<context>
    <name>plumbline::SampleGrid</name>
    <message>
        <source>base</source>
        <translation>vorher</translation>
    </message>
    <message>
        <source>tuned</source>
        <translation>nachher</translation>
    </message>
    <message>
        <source>change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>changed by %1 of 255 on average</source>
        <translation>im Mittel um %1 von 255 geändert</translation>
    </message>
    <message>
        <source>changed by %1 of 255 outside the mask</source>
        <translation>außerhalb der Maske um %1 von 255 geändert</translation>
    </message>
</context>
<context>
    <name>plumbline::SavedTick</name>
    <message>
        <source>saving</source>
        <translation>speichert</translation>
    </message>
    <message>
        <source>saved %1</source>
        <translation>gespeichert %1</translation>
    </message>
    <message>
        <source>NOT SAVED: %1</source>
        <translation>NICHT GESPEICHERT: %1</translation>
    </message>
</context>
<context>
    <name>plumbline::SchemaField</name>
    <message>
        <source>Back to the default</source>
        <translation>Zurück zur Vorgabe</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>%1 or more</source>
        <translation>%1 oder mehr</translation>
    </message>
    <message>
        <source>%1 or less</source>
        <translation>%1 oder weniger</translation>
    </message>
    <message>
        <source>default %1</source>
        <translation>Vorgabe %1</translation>
    </message>
    <message>
        <source>on by default</source>
        <translation>von sich aus an</translation>
    </message>
    <message>
        <source>off by default</source>
        <translation>von sich aus aus</translation>
    </message>
    <message>
        <source>(%1)</source>
        <translation>(%1)</translation>
    </message>
    <message>
        <source>Choose one.</source>
        <translation>Bitte wählen.</translation>
    </message>
    <message>
        <source>This must be a whole number.</source>
        <translation>Das muss eine ganze Zahl sein.</translation>
    </message>
    <message>
        <source>This must be a number.</source>
        <translation>Das muss eine Zahl sein.</translation>
    </message>
    <message>
        <source>Out of range: it must be %1.</source>
        <translation>Außerhalb des Bereichs: erlaubt ist %1.</translation>
    </message>
</context>
<context>
    <name>plumbline::SchemaForm</name>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>Reset to defaults</source>
        <translation>Zurücksetzen</translation>
    </message>
</context>
<context>
    <name>plumbline::ShortcutEditor</name>
    <message>
        <source>Pair</source>
        <translation>Paar</translation>
    </message>
    <message>
        <source>Binary</source>
        <translation>Gut/schlecht</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>Second key</source>
        <translation>Zweite Taste</translation>
    </message>
    <message>
        <source>Restore all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Double click a key to change it, Delete clears it.</source>
        <translation>Doppelklick ändert eine Taste, Entf löscht sie.</translation>
    </message>
</context>
<context>
    <name>plumbline::ShortcutTable</name>
    <message>
        <source> or </source>
        <translation> oder </translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>%1 is already the key of &quot;%2&quot;; choose another.</source>
        <translation>%1 ist schon die Taste von &quot;%2&quot;; bitte eine andere wählen.</translation>
    </message>
</context>
<context>
    <name>plumbline::StartPage</name>
    <message>
        <source>Open another...</source>
        <translation>Anderes öffnen...</translation>
    </message>
    <message>
        <source>New project...</source>
        <translation>Neues Projekt...</translation>
    </message>
    <message>
        <source>Plumbline</source>
        <translation>Plumbline</translation>
    </message>
    <message>
        <source>Choose a project. A project is a folder with its pictures, answers and runs.</source>
        <translation>Wählen Sie ein Projekt: einen Ordner mit seinen Bildern, Antworten und Läufen.</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>There is no project in %1. Choose a folder that holds a project.db, or make a new project.</source>
        <translation>In %1 liegt kein Projekt. Wählen Sie einen Ordner mit einer project.db oder legen Sie ein neues an.</translation>
    </message>
    <message>
        <source>Folder of the new project</source>
        <translation>Ordner des neuen Projekts</translation>
    </message>
    <message>
        <source>Making the project...</source>
        <translation>Das Projekt wird angelegt...</translation>
    </message>
    <message>
        <source>The plumbline program could not be started; build it, or reinstall.</source>
        <translation>Das Programm plumbline ließ sich nicht starten; bitte bauen oder neu installieren.</translation>
    </message>
</context>
<context>
    <name>plumbline::StopQuestion</name>
    <message>
        <source>Job %1 has been at work for %2. End it now and save?</source>
        <translation>Auftrag %1 arbeitet seit %2. Jetzt beenden und sichern?</translation>
    </message>
    <message>
        <source>Job %1 has been at work for %2. Cancel it?</source>
        <translation>Auftrag %1 arbeitet seit %2. Abbrechen?</translation>
    </message>
    <message>
        <source>It keeps what it has learned, but cannot go on later. Pause keeps all of it for later.</source>
        <translation>Er behält das Gelernte, kann aber später nicht weiterlaufen. Pause behält alles für später.</translation>
    </message>
    <message>
        <source>Stop and save keeps what it has learned; pause keeps all of it for later.</source>
        <translation>„Beenden und sichern“ behält das Gelernte; „Pause“ behält alles für später.</translation>
    </message>
    <message>
        <source>What it has not saved yet is lost. Pause keeps all of it for later.</source>
        <translation>Was er noch nicht gesichert hat, geht verloren. Pause behält alles für später.</translation>
    </message>
    <message>
        <source>Cancel the job</source>
        <translation>Auftrag abbrechen</translation>
    </message>
    <message>
        <source>Pause instead</source>
        <translation>Stattdessen pausieren</translation>
    </message>
    <message>
        <source>Let it run</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>Beenden und sichern</translation>
    </message>
</context>
<context>
    <name>plumbline::TopBar</name>
    <message>
        <source>Annotator</source>
        <translation>Bewerter</translation>
    </message>
    <message>
        <source>Generator</source>
        <translation>Generator</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>%1 + %2</source>
        <translation>%1 + %2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>plumbline::VariantCatalog</name>
    <message>
        <source>The plumbline program could not say what it can do; build it, or reinstall.</source>
        <translation>Das Programm plumbline konnte nicht sagen, was es kann; bitte bauen oder neu installieren.</translation>
    </message>
</context>
<context>
    <name>plumbline::job_text</name>
    <message>
        <source>%1 questions, %2 new pictures</source>
        <translation>%1 Fragen, %2 neue Bilder</translation>
    </message>
    <message>
        <source>Reward model %1</source>
        <translation>Bewertungsmodell %1</translation>
    </message>
    <message>
        <source>Run %1, %2 steps</source>
        <translation>Lauf %1, %2 Schritte</translation>
    </message>
    <message>
        <source>%1; stopped early: %2</source>
        <translation>%1; vorzeitig beendet: %2</translation>
    </message>
    <message>
        <source>In the queue</source>
        <translation>In der Schlange</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Waits for answers</source>
        <translation>Wartet auf Antworten</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Stopping...</source>
        <translation>Wird abgebrochen...</translation>
    </message>
    <message>
        <source>Pausing...</source>
        <translation>Pausiert gleich...</translation>
    </message>
    <message>
        <source>under 1 s</source>
        <translation>unter 1 s</translation>
    </message>
    <message>
        <source>%1 /s</source>
        <translation>%1 /s</translation>
    </message>
    <message>
        <source>%1 /min</source>
        <translation>%1 /min</translation>
    </message>
    <message>
        <source>Goes on once %1 of its %2 questions are answered</source>
        <translation>Geht weiter, sobald %1 von %2 Fragen beantwortet sind</translation>
    </message>
    <message>
        <source>The program that did it is gone; nothing that was saved is lost</source>
        <translation>Das ausführende Programm ist weg; nichts Gesichertes ist verloren</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
</context>
<context>
    <name>plumbline::page::AlignPage</name>
    <message>
        <source>No fine-tune yet</source>
        <translation>Noch keine Feinabstimmung</translation>
    </message>
    <message>
        <source>A fine-tune teaches the generator what people preferred, and repairs the places where they saw faults. Choose a method on the right and start it.</source>
        <translation>Eine Feinabstimmung lehrt den Generator, was Menschen vorzogen, und bessert die Stellen aus, an denen sie Fehler sahen. Wählen Sie rechts ein Verfahren und starten Sie es.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>#%1</source>
        <translation>#%1</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>Job %1 starts as soon as the device host runs.</source>
        <translation>Auftrag %1 beginnt, sobald der Gerätedienst läuft.</translation>
    </message>
    <message>
        <source>Evaluation of run %1</source>
        <translation>Auswertung von Lauf %1</translation>
    </message>
</context>
<context>
    <name>plumbline::page::AnnotatePage</name>
    <message>
        <source>Paused</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>The pictures are hidden and the clock stands still.</source>
        <translation>Die Bilder sind verborgen, die Uhr steht.</translation>
    </message>
    <message>
        <source>Go on (%1)</source>
        <translation>Weiter (%1)</translation>
    </message>
    <message>
        <source>Not saved; your answer is still here: give it again.</source>
        <translation>Nicht gespeichert; die Frage ist noch da: bitte noch einmal antworten.</translation>
    </message>
    <message>
        <source>The answer could not be saved: %1</source>
        <translation>Die Antwort ließ sich nicht speichern: %1</translation>
    </message>
    <message>
        <source>You said &quot;%1&quot;. Answer again to change it, %2 leaves it.</source>
        <translation>Sie sagten &quot;%1&quot;. Neu antworten ändert es, %2 lässt es.</translation>
    </message>
    <message>
        <source>Taken back: you had said &quot;%1&quot;.</source>
        <translation>Zurückgenommen: Sie hatten &quot;%1&quot; gesagt.</translation>
    </message>
    <message>
        <source>You can begin as soon as the first question is ready.</source>
        <translation>Es geht los, sobald die erste Frage bereit ist.</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 von %3</translation>
    </message>
    <message>
        <source>New questions are being made</source>
        <translation>Neue Fragen entstehen</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>Einen Augenblick</translation>
    </message>
    <message>
        <source>The next question is being read.</source>
        <translation>Die nächste Frage wird gelesen.</translation>
    </message>
    <message>
        <source>No new questions</source>
        <translation>Keine neuen Fragen</translation>
    </message>
    <message>
        <source>The last attempt to make some ended: %1</source>
        <translation>Der letzte Versuch endete: %1</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Nothing to ask about yet</source>
        <translation>Noch nichts zu fragen</translation>
    </message>
    <message>
        <source>This project has neither prompts nor pictures. Add some on the Prompts page.</source>
        <translation>Dieses Projekt hat weder Prompts noch Bilder. Auf der Seite Prompts lassen sich welche anlegen.</translation>
    </message>
    <message>
        <source>No pictures yet</source>
        <translation>Noch keine Bilder</translation>
    </message>
    <message>
        <source>The generator draws pictures for the project&apos;s prompts and asks about them.</source>
        <translation>Der Generator zeichnet Bilder zu den Prompts des Projekts und fragt danach.</translation>
    </message>
    <message>
        <source>Draw pictures and ask</source>
        <translation>Bilder zeichnen und fragen</translation>
    </message>
    <message>
        <source>Everything is answered</source>
        <translation>Alles ist beantwortet</translation>
    </message>
    <message>
        <source>The next questions are the ones from which the most can be learnt.</source>
        <translation>Die nächsten Fragen sind die, aus denen am meisten zu lernen ist.</translation>
    </message>
    <message>
        <source>Make %1 new questions</source>
        <translation>%1 neue Fragen machen</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>The whole prompt</source>
        <translation>Der ganze Prompt</translation>
    </message>
    <message>
        <source>Not taken back; the last answer still counts: try again.</source>
        <translation>Nicht zurückgenommen; die letzte Antwort gilt noch: bitte noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The answer could not be taken back: %1</source>
        <translation>Die Antwort ließ sich nicht zurücknehmen: %1</translation>
    </message>
</context>
<context>
    <name>plumbline::page::ExportPage</name>
    <message>
        <source>No exports yet.</source>
        <translation>Noch keine Exporte.</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>Exporte</translation>
    </message>
    <message>
        <source>The folder %1 cannot be made; choose another.</source>
        <translation>Der Ordner %1 lässt sich nicht anlegen; wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>The folder %1 cannot be opened.</source>
        <translation>Der Ordner %1 lässt sich nicht öffnen.</translation>
    </message>
</context>
<context>
    <name>plumbline::page::GalleryPage</name>
    <message>
        <source>Words of the prompt</source>
        <translation>Wörter des Prompts</translation>
    </message>
    <message>
        <source>Answered or not</source>
        <translation>Beantwortet oder nicht</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Beantwortet</translation>
    </message>
    <message>
        <source>Not answered</source>
        <translation>Nicht beantwortet</translation>
    </message>
    <message>
        <source>Any source</source>
        <translation>Jede Quelle</translation>
    </message>
    <message>
        <source>Drawn here</source>
        <translation>Hier gezeichnet</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>Importiert</translation>
    </message>
    <message>
        <source>Size of the pictures</source>
        <translation>Größe der Bilder</translation>
    </message>
    <message>
        <source>Pictures: %1</source>
        <translation>Bilder: %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>No pictures yet</source>
        <translation>Noch keine Bilder</translation>
    </message>
    <message>
        <source>Pictures appear here as soon as the generator has drawn some.</source>
        <translation>Bilder erscheinen hier, sobald der Generator welche gezeichnet hat.</translation>
    </message>
    <message>
        <source>Go to Annotate</source>
        <translation>Zu Bewerten</translation>
    </message>
    <message>
        <source>No picture matches</source>
        <translation>Kein Bild passt</translation>
    </message>
    <message>
        <source>Of the project&apos;s %1 pictures none passes the filter.</source>
        <translation>Von den %1 Bildern des Projekts passt keines zum Filter.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
</context>
<context>
    <name>plumbline::page::JobsPage</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>All jobs</source>
        <translation>Alle Aufträge</translation>
    </message>
    <message>
        <source>Not yet over</source>
        <translation>Noch nicht beendet</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed or cancelled</source>
        <translation>Fehlgeschlagen oder abgebrochen</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go on from what the job has saved</source>
        <translation>Vom Gesicherten aus weitermachen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Save, and give the device back until you resume the job</source>
        <translation>Sichern und das Gerät freigeben, bis Sie den Auftrag fortsetzen</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>Beenden und sichern</translation>
    </message>
    <message>
        <source>End the fine-tune after this step and keep what it has learned</source>
        <translation>Die Feinabstimmung nach diesem Schritt beenden und das Gelernte behalten</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Queue a failed or cancelled job once more</source>
        <translation>Einen fehlgeschlagenen oder abgebrochenen Auftrag neu einreihen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop the job within one step</source>
        <translation>Den Auftrag innerhalb eines Schritts abbrechen</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Show or hide what is known of the job</source>
        <translation>Zeigen oder verbergen, was über den Auftrag bekannt ist</translation>
    </message>
    <message>
        <source>Jobs: %1</source>
        <translation>Aufträge: %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>No jobs yet</source>
        <translation>Noch keine Aufträge</translation>
    </message>
    <message>
        <source>Long work, such as drawing pictures, training or exporting, is listed here and can be paused, stopped and resumed.</source>
        <translation>Lange Arbeiten wie Zeichnen, Trainieren oder Exportieren stehen hier und lassen sich pausieren, beenden und fortsetzen.</translation>
    </message>
    <message>
        <source>Go to Annotate</source>
        <translation>Zu Bewerten</translation>
    </message>
    <message>
        <source>No such job</source>
        <translation>Kein solcher Auftrag</translation>
    </message>
    <message>
        <source>None of the project&apos;s %1 jobs is in this state.</source>
        <translation>Keiner der %1 Aufträge des Projekts ist in diesem Zustand.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
</context>
<context>
    <name>plumbline::page::PromptsPage</name>
    <message>
        <source>No prompts yet</source>
        <translation>Noch keine Prompts</translation>
    </message>
    <message>
        <source>Prompts say what the generator shall draw. Type one above, or import a text file with one on each line, a CSV file or JSON lines.</source>
        <translation>Prompts sagen, was der Generator zeichnen soll. Oben einen eingeben oder eine Textdatei mit einem je Zeile, eine CSV-Datei oder JSON-Zeilen importieren.</translation>
    </message>
    <message>
        <source>Import prompts...</source>
        <translation>Prompts importieren...</translation>
    </message>
    <message>
        <source>Words of the prompt</source>
        <translation>Wörter des Prompts</translation>
    </message>
    <message>
        <source>A new prompt</source>
        <translation>Ein neuer Prompt</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Import...</source>
        <translation>Importieren...</translation>
    </message>
    <message>
        <source>Prompts: %1</source>
        <translation>Prompts: %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>This prompt is there already.</source>
        <translation>Diesen Prompt gibt es schon.</translation>
    </message>
    <message>
        <source>Import prompts</source>
        <translation>Prompts importieren</translation>
    </message>
    <message>
        <source>Prompts (*.txt *.csv *.jsonl);;All files (*)</source>
        <translation>Prompts (*.txt *.csv *.jsonl);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>%1 prompts imported, %2 of them held out for evaluation; %3 rows skipped.</source>
        <translation>%1 Prompts importiert, davon %2 für die Bewertung zurückgehalten; %3 Zeilen übersprungen.</translation>
    </message>
</context>
<context>
    <name>plumbline::page::RewardPage</name>
    <message>
        <source>No reward model yet</source>
        <translation>Noch kein Bewertungsmodell</translation>
    </message>
    <message>
        <source>A reward learns from your answers what is preferred and where faults are. It then chooses what to ask next, and the generator is tuned with it. Training takes about a minute.</source>
        <translation>Eine Bewertung lernt aus den Antworten, was vorgezogen wird und wo Fehler sind. Sie wählt dann, was als Nächstes gefragt wird, und mit ihr wird der Generator angepasst. Das Training dauert etwa eine Minute.</translation>
    </message>
    <message>
        <source>A reward needs %1 more answers</source>
        <translation>Für eine Bewertung fehlen noch %1 Antworten</translation>
    </message>
    <message>
        <source>It learns from your answers what is preferred and where faults are. There are %1 of at least %2; better still are a few hundred.</source>
        <translation>Sie lernt aus den Antworten, was vorgezogen wird und wo Fehler sind. Es gibt %1 von mindestens %2; besser noch sind einige hundert.</translation>
    </message>
    <message>
        <source>Answer questions</source>
        <translation>Fragen beantworten</translation>
    </message>
</context>
<context>
    <name>plumbline::page::SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Grey around pictures</source>
        <translation>Grau um die Bilder</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>Ihr Name</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>From the next start on your answers are stored under this name.</source>
        <translation>Ab dem nächsten Start werden Ihre Antworten unter diesem Namen gespeichert.</translation>
    </message>
    <message>
        <source>%1 % reflectance</source>
        <translation>%1 % Reflexion</translation>
    </message>
</context>
<context>
    <name>plumbline::query_view::BinaryView</name>
    <message>
        <source>Is this a good picture for the prompt?</source>
        <translation>Ist das ein gutes Bild zum Prompt?</translation>
    </message>
    <message>
        <source>Does it show what the prompt says?</source>
        <translation>Zeigt es, was der Prompt sagt?</translation>
    </message>
    <message>
        <source>Is it safe to show?</source>
        <translation>Darf man es zeigen?</translation>
    </message>
    <message>
        <source>Is it free of artifacts?</source>
        <translation>Ist es frei von Bildfehlern?</translation>
    </message>
    <message>
        <source>Is it pleasing?</source>
        <translation>Gefällt es?</translation>
    </message>
    <message>
        <source>Is it good in this respect: %1?</source>
        <translation>Ist es hierin gut: %1?</translation>
    </message>
</context>
<context>
    <name>plumbline::query_view::MaskView</name>
    <message>
        <source>Where is it wrong? Paint over it.</source>
        <translation>Wo ist es falsch? Bitte übermalen.</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>Was falsch ist</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>Nothing is painted. If nothing is wrong, press %1.</source>
        <translation>Nichts ist bemalt. Wenn nichts falsch ist: %1.</translation>
    </message>
    <message>
        <source>There is paint on the picture: press %1 to send it, or undo it first.</source>
        <translation>Auf dem Bild ist Farbe: %1 sendet sie, sonst zuerst zurücknehmen.</translation>
    </message>
    <message>
        <source>First say what is wrong: %1.</source>
        <translation>Zuerst sagen, was falsch ist: %1.</translation>
    </message>
    <message>
        <source>What was painted here before could not be read.</source>
        <translation>Was hier zuvor gemalt wurde, konnte nicht gelesen werden.</translation>
    </message>
</context>
<context>
    <name>plumbline::query_view::PairView</name>
    <message>
        <source>Which follows the prompt better?</source>
        <translation>Welches folgt dem Prompt besser?</translation>
    </message>
</context>
<context>
    <name>query_view</name>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Bad</source>
        <translation>Schlecht</translation>
    </message>
    <message>
        <source>Look closer while held</source>
        <translation>Näher sehen, solange gehalten</translation>
    </message>
    <message>
        <source>Unsafe</source>
        <translation>Nicht zeigbar</translation>
    </message>
    <message>
        <source>Artifact</source>
        <translation>Bildfehler</translation>
    </message>
    <message>
        <source>Not asked for</source>
        <translation>Nicht verlangt</translation>
    </message>
    <message>
        <source>Ugly</source>
        <translation>Hässlich</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Nothing wrong</source>
        <translation>Nichts falsch</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>Rechteck</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Vieleck</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Größerer Pinsel</translation>
    </message>
    <message>
        <source>Hide the mask while held</source>
        <translation>Maske verbergen, solange gehalten</translation>
    </message>
    <message>
        <source>Move the picture while held</source>
        <translation>Bild verschieben, solange gehalten</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>Bild einpassen</translation>
    </message>
    <message>
        <source>Undo stroke</source>
        <translation>Strich zurück</translation>
    </message>
    <message>
        <source>Redo stroke</source>
        <translation>Strich wieder</translation>
    </message>
    <message>
        <source>Left is better</source>
        <translation>Links ist besser</translation>
    </message>
    <message>
        <source>Right is better</source>
        <translation>Rechts ist besser</translation>
    </message>
    <message>
        <source>Both good</source>
        <translation>Beide gut</translation>
    </message>
    <message>
        <source>Both bad</source>
        <translation>Beide schlecht</translation>
    </message>
    <message>
        <source>Swap sides</source>
        <translation>Seiten tauschen</translation>
    </message>
    <message>
        <source>Flicker between the two</source>
        <translation>Zwischen beiden blinken</translation>
    </message>
    <message>
        <source>Show the difference</source>
        <translation>Unterschied zeigen</translation>
    </message>
    <message>
        <source>count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>artifact</source>
        <translation>Bildfehler</translation>
    </message>
    <message>
        <source>unsafe</source>
        <translation>nicht zeigbar</translation>
    </message>
    <message>
        <source>Reason: %1</source>
        <translation>Grund: %1</translation>
    </message>
    <message>
        <source>Which is better?</source>
        <translation>Welches ist besser?</translation>
    </message>
    <message>
        <source>Is this one good?</source>
        <translation>Ist dieses gut?</translation>
    </message>
    <message>
        <source>Where is it wrong?</source>
        <translation>Wo ist es falsch?</translation>
    </message>
    <message>
        <source>Left button</source>
        <translation>Linke Taste</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Right button</source>
        <translation>Rechte Taste</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Radieren</translation>
    </message>
    <message>
        <source>Shift+click</source>
        <translation>Umschalt+Klick</translation>
    </message>
    <message>
        <source>Straight line</source>
        <translation>Gerade Linie</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Rad</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>Am Zeiger vergrößern</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Strg+Rad</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>Größe des Pinsels</translation>
    </message>
    <message>
        <source>Middle button</source>
        <translation>Mittlere Taste</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Bild verschieben</translation>
    </message>
</context>
<context>
    <name>shortcuts</name>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Take back the last answer</source>
        <translation>Letzte Antwort zurücknehmen</translation>
    </message>
    <message>
        <source>Leave a changed answer as it was</source>
        <translation>Eine geänderte Antwort lassen, wie sie war</translation>
    </message>
    <message>
        <source>Guideline</source>
        <translation>Richtlinie</translation>
    </message>
    <message>
        <source>This table</source>
        <translation>Diese Tabelle</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
</context>
</TS>
