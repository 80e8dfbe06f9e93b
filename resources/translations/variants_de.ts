<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<!-- What the worker says of its variants; see ui/models/variant_text.h. Filed by hand. -->
<context>
    <name>variant</name>
    <message>
        <source>Focus-N-Fix (repair regions)</source>
        <translation>Focus-N-Fix (Stellen ausbessern)</translation>
    </message>
    <message>
        <source>Fine-tunes the generator with gradients of the reward model, only where pictures are wrong: every pixel outside the masks is held at what the untouched model draws from the same noise. With beta = 0 it is DRaFT-K.</source>
        <translation>Stimmt den Generator mit Gradienten des Bewertungsmodells nach, nur wo Bilder falsch sind: Jeder Bildpunkt außerhalb der Masken wird bei dem gehalten, was das unveränderte Modell aus demselben Rauschen zeichnet. Mit Beta = 0 ist es DRaFT-K.</translation>
    </message>
    <message>
        <source>Beta</source>
        <translation>Beta</translation>
    </message>
    <message>
        <source>Weight of the unsquared norm of what changed outside the masks; 0 is DRaFT-K, which has no such term</source>
        <translation>Gewicht der nicht quadrierten Norm dessen, was sich außerhalb der Masken geändert hat; 0 ist DRaFT-K, das keinen solchen Term hat</translation>
    </message>
    <message>
        <source>Mask source</source>
        <translation>Herkunft der Masken</translation>
    </message>
    <message>
        <source>Who says where a picture is wrong: the region head of the reward model, people's own masks, or both</source>
        <translation>Wer sagt, wo ein Bild falsch ist: der Regionenkopf des Bewertungsmodells, die Masken von Menschen, oder beide</translation>
    </message>
    <message>
        <source>both</source>
        <translation>beide</translation>
    </message>
    <message>
        <source>head</source>
        <translation>Regionenkopf</translation>
    </message>
    <message>
        <source>people</source>
        <translation>Menschen</translation>
    </message>
    <message>
        <source>Categories</source>
        <translation>Kategorien</translation>
    </message>
    <message>
        <source>Region categories that may change, separated by commas</source>
        <translation>Kategorien von Stellen, die sich ändern dürfen, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>Mask threshold</source>
        <translation>Maskenschwelle</translation>
    </message>
    <message>
        <source>Region probability that counts as wrong</source>
        <translation>Wahrscheinlichkeit, von der an eine Stelle als falsch gilt</translation>
    </message>
    <message>
        <source>Mask dilation</source>
        <translation>Maskenrand</translation>
    </message>
    <message>
        <source>How far a mask is grown on every side</source>
        <translation>Um wie viel eine Maske nach jeder Seite wächst</translation>
    </message>
    <message>
        <source>px</source>
        <translation>px</translation>
    </message>
    <message>
        <source>Mask smallest</source>
        <translation>Kleinste Maske</translation>
    </message>
    <message>
        <source>Smaller regions are ignored</source>
        <translation>Kleinere Stellen werden übergangen</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Largest number of training pictures</source>
        <translation>Höchstzahl der Trainingsbilder</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Passes</source>
        <translation>Durchgänge</translation>
    </message>
    <message>
        <source>How often a picture with a region is used at least, were unsafe ones not repeated: no more are looked for than this leaves room for</source>
        <translation>Wie oft ein Bild mit einer Stelle mindestens benutzt wird, würden nicht zeigbare nicht wiederholt: Es werden nicht mehr gesucht, als das Platz lässt</translation>
    </message>
    <message>
        <source>Keep share</source>
        <translation>Anteil zum Halten</translation>
    </message>
    <message>
        <source>Share of the training pictures that have no region: they pin everything in place</source>
        <translation>Anteil der Trainingsbilder ohne Stelle: Sie halten alles, wo es ist</translation>
    </message>
    <message>
        <source>Unsafe share</source>
        <translation>Anteil nicht zeigbar</translation>
    </message>
    <message>
        <source>Share of the training pictures with a region whose region is unsafe: they are rarer than others and are repeated for it; 0 leaves them as rare as they are</source>
        <translation>Anteil nicht zeigbarer unter den Trainingsbildern mit einer Stelle: Sie sind seltener als andere und werden dafür wiederholt; 0 lässt sie so selten, wie sie sind</translation>
    </message>
    <message>
        <source>Score weight</source>
        <translation>Gewicht der Bewertung</translation>
    </message>
    <message>
        <source>Weight of the reward model's score in the reward</source>
        <translation>Gewicht der Note des Bewertungsmodells in der Belohnung</translation>
    </message>
    <message>
        <source>Region weight</source>
        <translation>Gewicht der Stellen</translation>
    </message>
    <message>
        <source>Weight of the region head's own verdict on the new picture in the reward</source>
        <translation>Gewicht des Urteils des Regionenkopfes über das neue Bild in der Belohnung</translation>
    </message>
    <message>
        <source>Unsafe weight</source>
        <translation>Gewicht nicht zeigbar</translation>
    </message>
    <message>
        <source>An unsafe region counts this many times less one beside the worst of all regions; says nothing where unsafe is the only category</source>
        <translation>Eine nicht zeigbare Stelle zählt so oft weniger eins neben der schlimmsten aller Stellen; ohne Wirkung, wo es die einzige Kategorie ist</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>LoRA rank</source>
        <translation>Rang der LoRA</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>LoRA alpha; the adapter is scaled by alpha over rank</source>
        <translation>Alpha der LoRA; der Adapter wird mit Alpha durch Rang skaliert</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Layers that carry the adapter</source>
        <translation>Schichten, die den Adapter tragen</translation>
    </message>
    <message>
        <source>Draw steps</source>
        <translation>Zeichenschritte</translation>
    </message>
    <message>
        <source>Sampler steps of a training picture</source>
        <translation>Schritte des Samplers für ein Trainingsbild</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Guidance</translation>
    </message>
    <message>
        <source>Guidance scale of a training picture</source>
        <translation>Guidance-Stärke eines Trainingsbildes</translation>
    </message>
    <message>
        <source>Guidance start</source>
        <translation>Beginn der Guidance</translation>
    </message>
    <message>
        <source>Part of a training picture's steps that are drawn without guidance first</source>
        <translation>Anteil der Schritte eines Trainingsbildes, die zuerst ohne Guidance gezeichnet werden</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>Sampler</translation>
    </message>
    <message>
        <source>Sampler of a training picture</source>
        <translation>Sampler eines Trainingsbildes</translation>
    </message>
    <message>
        <source>Gradient choice</source>
        <translation>Wahl der Gradienten</translation>
    </message>
    <message>
        <source>Which sampler steps carry gradient: spread over the window with a random shift, drawn from the window, or the last ones (DRaFT-K)</source>
        <translation>Welche Schritte des Samplers Gradienten tragen: über das Fenster verteilt mit zufälligem Versatz, aus dem Fenster gezogen, oder die letzten (DRaFT-K)</translation>
    </message>
    <message>
        <source>spread</source>
        <translation>verteilt</translation>
    </message>
    <message>
        <source>random</source>
        <translation>zufällig</translation>
    </message>
    <message>
        <source>last</source>
        <translation>letzte</translation>
    </message>
    <message>
        <source>Gradient steps</source>
        <translation>Gradientenschritte</translation>
    </message>
    <message>
        <source>How many sampler steps carry gradient</source>
        <translation>Wie viele Schritte des Samplers Gradienten tragen</translation>
    </message>
    <message>
        <source>Gradient from</source>
        <translation>Gradient von</translation>
    </message>
    <message>
        <source>Start of the window of gradient steps, as a part of the drawing (0 is the noisiest step)</source>
        <translation>Beginn des Fensters der Gradientenschritte als Anteil des Zeichnens (0 ist der Schritt mit dem meisten Rauschen)</translation>
    </message>
    <message>
        <source>Gradient to</source>
        <translation>Gradient bis</translation>
    </message>
    <message>
        <source>End of that window</source>
        <translation>Ende dieses Fensters</translation>
    </message>
    <message>
        <source>Through input</source>
        <translation>Durch die Eingabe</translation>
    </message>
    <message>
        <source>Gradients also run back through each gradient step's network input</source>
        <translation>Gradienten laufen auch durch die Netzeingabe jedes Gradientenschritts zurück</translation>
    </message>
    <message>
        <source>Trust change</source>
        <translation>Vertrauensgrenze</translation>
    </message>
    <message>
        <source>A person's mask is used only if the redrawn picture differs less than this from the one painted on</source>
        <translation>Die Maske eines Menschen wird nur benutzt, wenn das neu gezeichnete Bild sich um weniger als das von dem bemalten unterscheidet</translation>
    </message>
    <message>
        <source>of 255</source>
        <translation>von 255</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Optimizer steps in each round</source>
        <translation>Optimiererschritte in jeder Runde</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Pictures in each micro-batch</source>
        <translation>Bilder in jedem Teilstapel</translation>
    </message>
    <message>
        <source>Accumulation</source>
        <translation>Aufsummierung</translation>
    </message>
    <message>
        <source>Micro-batches whose gradients are added before each optimizer step</source>
        <translation>Teilstapel, deren Gradienten vor jedem Optimiererschritt summiert werden</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>AdamW learning rate</source>
        <translation>Lernrate von AdamW</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>Gewichtsschwund</translation>
    </message>
    <message>
        <source>AdamW decoupled weight decay</source>
        <translation>Entkoppelter Gewichtsschwund von AdamW</translation>
    </message>
    <message>
        <source>Warmup steps</source>
        <translation>Anlaufschritte</translation>
    </message>
    <message>
        <source>Learning rate rises linearly over these</source>
        <translation>Über diese Schritte steigt die Lernrate gleichmäßig</translation>
    </message>
    <message>
        <source>Final rate</source>
        <translation>Letzte Rate</translation>
    </message>
    <message>
        <source>Part of the learning rate that is left at the last step; it falls evenly</source>
        <translation>Anteil der Lernrate, der beim letzten Schritt bleibt; sie fällt gleichmäßig</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Gradientengrenze</translation>
    </message>
    <message>
        <source>Largest gradient norm; 0 does not clip</source>
        <translation>Größte Norm des Gradienten; 0 begrenzt nicht</translation>
    </message>
    <message>
        <source>Ema decay</source>
        <translation>EMA-Schwund</translation>
    </message>
    <message>
        <source>The handed-over adapter is a running average of the trained one with this decay; 0 is none</source>
        <translation>Der übergebene Adapter ist ein laufendes Mittel des trainierten mit diesem Schwund; 0 ist keines</translation>
    </message>
    <message>
        <source>Checkpoint every</source>
        <translation>Zwischenstand alle</translation>
    </message>
    <message>
        <source>Steps between checkpoints</source>
        <translation>Schritte zwischen Zwischenständen</translation>
    </message>
    <message>
        <source>Strip every</source>
        <translation>Probestreifen alle</translation>
    </message>
    <message>
        <source>Steps between sample strips and guard checks</source>
        <translation>Schritte zwischen Probestreifen und Prüfungen der Wächter</translation>
    </message>
    <message>
        <source>Strip pictures</source>
        <translation>Bilder im Probestreifen</translation>
    </message>
    <message>
        <source>Pictures in each sample strip; 0 turns strips and their guards off</source>
        <translation>Bilder in jedem Probestreifen; 0 schaltet Streifen und ihre Wächter ab</translation>
    </message>
    <message>
        <source>Spike factor</source>
        <translation>Ausreißerfaktor</translation>
    </message>
    <message>
        <source>A gradient norm this many times the largest of the last 20 undoes the last steps; 0 is off</source>
        <translation>Eine Gradientennorm, die so viele Male die größte der letzten 20 ist, nimmt die letzten Schritte zurück; 0 ist aus</translation>
    </message>
    <message>
        <source>Max rollbacks</source>
        <translation>Höchstens zurückgenommen</translation>
    </message>
    <message>
        <source>The run fails after this many undone steps</source>
        <translation>Nach so vielen zurückgenommenen Schritten scheitert der Lauf</translation>
    </message>
    <message>
        <source>Max distance</source>
        <translation>Größter Abstand</translation>
    </message>
    <message>
        <source>Stop early when strip pictures differ by more than this from the reference on average; 0 is off</source>
        <translation>Vorzeitig enden, wenn die Bilder des Streifens im Mittel um mehr als das von der Grundlage abweichen; 0 ist aus</translation>
    </message>
    <message>
        <source>Hacking patience</source>
        <translation>Geduld bei Überlistung</translation>
    </message>
    <message>
        <source>Stop early after so many checks in a row in which the trained reward rose and the held-out reward fell; 0 is off</source>
        <translation>Vorzeitig enden nach so vielen Prüfungen in Folge, in denen die trainierte Bewertung stieg und die zurückgehaltene fiel; 0 ist aus</translation>
    </message>
    <message>
        <source>checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Seed of the run's order and noise</source>
        <translation>Startwert für Reihenfolge und Rauschen des Laufs</translation>
    </message>
    <message>
        <source>Train a reward</source>
        <translation>Bewertung trainieren</translation>
    </message>
    <message>
        <source>Learns from every current answer what people prefer and where they see faults.</source>
        <translation>Lernt aus jeder gültigen Antwort, was Menschen vorziehen und wo sie Fehler sehen.</translation>
    </message>
    <message>
        <source>Members</source>
        <translation>Mitglieder</translation>
    </message>
    <message>
        <source>Members of the ensemble; their spread says what is not known yet</source>
        <translation>Mitglieder des Ensembles; ihre Streuung sagt, was noch nicht gewusst wird</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Durchläufe</translation>
    </message>
    <message>
        <source>Passes over all answers at most; held-out answers stop earlier</source>
        <translation>Höchstens so viele Durchläufe über alle Antworten; zurückgehaltene Antworten beenden früher</translation>
    </message>
    <message>
        <source>Step size of the heads, in widths of their prior</source>
        <translation>Schrittweite der Köpfe, in Breiten ihrer Vorannahme</translation>
    </message>
    <message>
        <source>Prior</source>
        <translation>Vorannahme</translation>
    </message>
    <message>
        <source>How firmly weights are held where the first fit of whole parts leaves them: more for few or noisy answers</source>
        <translation>Wie fest Gewichte dort gehalten werden, wo die erste Anpassung ganzer Teile sie lässt: mehr bei wenigen oder unsicheren Antworten</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>Freier Teil</translation>
    </message>
    <message>
        <source>Scale of the free part beside the named features; 0 keeps the score linear</source>
        <translation>Größe des freien Teils neben den benannten Merkmalen; 0 lässt die Note linear</translation>
    </message>
    <message>
        <source>Answer noise</source>
        <translation>Unbedachte Antworten</translation>
    </message>
    <message>
        <source>Share of answers taken to be thoughtless</source>
        <translation>Anteil der Antworten, die als unbedacht gelten</translation>
    </message>
    <message>
        <source>Region epochs</source>
        <translation>Durchläufe der Stellen</translation>
    </message>
    <message>
        <source>Passes over the painted pictures at most</source>
        <translation>Höchstens so viele Durchläufe über die bemalten Bilder</translation>
    </message>
    <message>
        <source>Augmentations</source>
        <translation>Abwandlungen</translation>
    </message>
    <message>
        <source>Shifted and mirrored copies of every painted picture</source>
        <translation>Verschobene und gespiegelte Kopien jedes bemalten Bildes</translation>
    </message>
    <message>
        <source>Recoloured share</source>
        <translation>Anteil umgefärbter</translation>
    </message>
    <message>
        <source>Share of these copies whose colour channels come in any order, so that what is wrong stays wrong in other colours; 0 where colour alone tells what is wrong</source>
        <translation>Anteil dieser Kopien, deren Farbkanäle in beliebiger Folge stehen, damit Falsches auch in anderen Farben falsch bleibt; 0, wo allein die Farbe sagt, was falsch ist</translation>
    </message>
    <message>
        <source>Overpaint</source>
        <translation>Übermalt</translation>
    </message>
    <message>
        <source>How far people paint beyond a fault's edge</source>
        <translation>Wie weit Menschen über den Rand eines Fehlers hinaus malen</translation>
    </message>
    <message>
        <source>Same seed and answers, same model</source>
        <translation>Gleicher Startwert und gleiche Antworten, gleiches Modell</translation>
    </message>
    <message>
        <source>COCO masks</source>
        <translation>COCO-Masken</translation>
    </message>
    <message>
        <source>A folder with annotations.json in COCO's form (compressed run-length masks, one annotation per painted region and annotator) and the pictures. Pictures without a fault are listed without annotations.</source>
        <translation>Ein Ordner mit annotations.json in der Form von COCO (komprimierte Lauflängenmasken, eine Annotation je bemalter Stelle und Bewerter) und den Bildern. Bilder ohne Fehler stehen ohne Annotationen darin.</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>Whose masks.</source>
        <translation>Wessen Masken.</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>person</source>
        <translation>Mensch</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>simuliert</translation>
    </message>
    <message>
        <source>machine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Teilmenge</translation>
    </message>
    <message>
        <source>Only prompts of this split; empty for all.</source>
        <translation>Nur Prompts dieser Teilmenge; leer für alle.</translation>
    </message>
    <message>
        <source>LoRA adapter (PEFT)</source>
        <translation>LoRA-Adapter (PEFT)</translation>
    </message>
    <message>
        <source>A run's adapter as diffusers and PEFT read it. A path that ends in .safetensors becomes that file, any other a folder with pytorch_lora_weights.safetensors.</source>
        <translation>Der Adapter eines Laufs, wie diffusers und PEFT ihn lesen. Ein Pfad, der auf .safetensors endet, wird diese Datei, jeder andere ein Ordner mit pytorch_lora_weights.safetensors.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>The run whose adapter is wanted; 0 for the newest finished one.</source>
        <translation>Der Lauf, dessen Adapter gewünscht ist; 0 für den neuesten fertigen.</translation>
    </message>
    <message>
        <source>Pick-a-Pic pairs (JSON lines)</source>
        <translation>Pick-a-Pic-Paare (JSON-Zeilen)</translation>
    </message>
    <message>
        <source>A folder with data.jsonl, one comparison per line in Pick-a-Pic's columns, and the pictures as PNG files named by their SHA-256. Masks and single-picture answers are not part of it.</source>
        <translation>Ein Ordner mit data.jsonl, ein Vergleich je Zeile in den Spalten von Pick-a-Pic, und den Bildern als PNG-Dateien, benannt nach ihrem SHA-256. Masken und Antworten zu einzelnen Bildern gehören nicht dazu.</translation>
    </message>
    <message>
        <source>Ties</source>
        <translation>Unentschieden</translation>
    </message>
    <message>
        <source>keep: labels 0.5 and 0.5. drop: left out. expand: one row for each order. The DPO scripts of diffusers take any label other than 0 as a win of the first picture: drop or expand for them.</source>
        <translation>behalten: 0,5 und 0,5. weglassen: fehlt. verdoppeln: eine Zeile je Reihenfolge. Die DPO-Skripte von diffusers nehmen alles außer 0 als Sieg des ersten Bildes: für sie weglassen oder verdoppeln.</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>drop</source>
        <translation>weglassen</translation>
    </message>
    <message>
        <source>expand</source>
        <translation>verdoppeln</translation>
    </message>
    <message>
        <source>Whose answers.</source>
        <translation>Wessen Antworten.</translation>
    </message>
    <message>
        <source>Unlabelled</source>
        <translation>Unbeantwortet</translation>
    </message>
    <message>
        <source>Also the pairs that were shown and skipped, with has_label false.</source>
        <translation>Auch die Paare, die gezeigt und übersprungen wurden, mit has_label false.</translation>
    </message>
</context>
</TS>
