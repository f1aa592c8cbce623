package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Setting is one thing to know about a run: its mode, the model, the server.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DateSetting names the setting that says when a run began: the one in which
// two runs of the same system may differ.
const DateSetting = "date"

// DocumentsSetting tells which documents were asked about: how many, and a hash
// of their paths and versions. versions are by path.
func DocumentsSetting(versions map[string]string) Setting {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(versions)) {
		fmt.Fprintf(h, "%s\x00%s\x00", path, versions[path]) // a hash has no errors
	}
	return Setting{"documents", fmt.Sprintf("%d (%s)", len(versions), hex.EncodeToString(h.Sum(nil)[:4]))}
}

// SettingsError says that results were asked of another system than the one
// that would go on with them.
type SettingsError struct {
	// Dir is the folder of the results.
	Dir string
	// Differences are sentences, one for each setting; none when the folder
	// doesn't say what its settings were.
	Differences []string
}

func (e *SettingsError) Error() string {
	if len(e.Differences) == 0 {
		return fmt.Sprintf("%s has results but no %s: what gave them isn't known", e.Dir, runName)
	}
	return fmt.Sprintf("the results in %s were given with other settings: %s", e.Dir, strings.Join(e.Differences, "; "))
}

// runName is the file beside results.jsonl with the settings of its answers.
const runName = "run.json"

// runFile is the content of run.json.
type runFile struct {
	Settings []Setting `json:"settings"`
}

func writeSettings(dir string, settings []Setting) error {
	return replaceFile(filepath.Join(dir, runName), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(runFile{settings})
	})
}

// readSettings returns none for a folder without them.
func readSettings(dir string) ([]Setting, error) {
	path := filepath.Join(dir, runName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var f runFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f.Settings, nil
}

// sameSystem returns a *SettingsError unless the kept settings of a folder are
// those of now.
func sameSystem(dir string, kept, now []Setting) error {
	if len(kept) == 0 {
		return &SettingsError{Dir: dir}
	}
	var differences []string
	for _, s := range kept {
		if then, value := s.Value, valueOf(now, s.Name); then != value && s.Name != DateSetting {
			differences = append(differences, fmt.Sprintf("%s was %s, is %s", s.Name, shown(then), shown(value)))
		}
	}
	for _, s := range now {
		if valueOf(kept, s.Name) == "" && s.Value != "" && s.Name != DateSetting {
			differences = append(differences, fmt.Sprintf("%s was %s, is %s", s.Name, shown(""), shown(s.Value)))
		}
	}
	if len(differences) > 0 {
		return &SettingsError{dir, differences}
	}
	return nil
}

// shown is a value in a sentence.
func shown(value string) string {
	if value == "" {
		return "absent"
	}
	return value
}

// valueOf is empty for a setting that isn't there.
func valueOf(settings []Setting, name string) string {
	for _, s := range settings {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}
