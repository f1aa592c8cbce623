package dutch

import "testing"

func TestDay(t *testing.T) {
	for _, c := range []struct{ s, day, found string }{
		{"18 november 2020", "2020-11-18", "2020-11-18"},
		{"18 November 2020", "2020-11-18", "2020-11-18"},
		{"woensdag 18 november 2020", "2020-11-18", "2020-11-18"},
		{"18 nov. 2020", "2020-11-18", "2020-11-18"},
		{"3 mrt 2021", "2021-03-03", "2021-03-03"},
		{"1 sept. 2019", "2019-09-01", "2019-09-01"},
		{"18-11-2020", "2020-11-18", "2020-11-18"},
		{"18-nov-2020", "2020-11-18", "2020-11-18"},
		{"8/1/2020", "2020-01-08", "2020-01-08"},
		{"18.11.2020", "2020-11-18", "2020-11-18"},
		{"2020-11-18", "2020-11-18", "2020-11-18"},
		{"2020-11-18T10:00:00Z", "2020-11-18", "2020-11-18"},
		{" 2020-11-18 10:00 ", "2020-11-18", "2020-11-18"},
		{"18\u00a0november\u00a02020", "2020-11-18", "2020-11-18"},
		{"Den Haag, 18 november 2020", "", "2020-11-18"},
		{"18 november 2020 en later", "", "2020-11-18"},
		{"De brief van 31 februari 2020 en die van 1 maart 2020.", "", "2020-03-01"},
		{"30-02-2020", "", ""},
		{"0-0-2020", "", ""},
		{"november 2020", "", ""},
		{"28 638, nr. 184", "", ""},
		{"118-11-20201", "", ""},
		{"", "", ""},
	} {
		if got := Day(c.s); got != c.day {
			t.Errorf("Day(%q) = %q, want %q", c.s, got, c.day)
		}
		if got := FindDay(c.s); got != c.found {
			t.Errorf("FindDay(%q) = %q, want %q", c.s, got, c.found)
		}
	}
}

func TestWithoutDays(t *testing.T) {
	for in, want := range map[string]string{
		"de brief van 18 november 2020 over zorg":     "de brief van   over zorg",
		"op 18-11-2020, en op 2023-10-18.":            "op  , en op  .",
		"31 februari 2020 bestaat niet, mei 2020 wel": "31 februari 2020 bestaat niet, mei 2020 wel",
		"": "",
	} {
		if got := WithoutDays(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
