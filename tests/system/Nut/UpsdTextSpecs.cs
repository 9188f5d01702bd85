using System.Text;
using Ebb.Core.Power;
using Ebb.Nut;
using Ebb.Nut.Upsd;

namespace Ebb.Tests.Nut;

public sealed class UpsdTextSpecs
{
    [Theory]
    [InlineData("VAR ups ups.status \"OL\"", "VAR|ups|ups.status|OL")]
    [InlineData("  VAR\tups   x \"\" \r", "VAR|ups|x|")]
    [InlineData("""VAR ups ups.mfr "Acme \"Power\" \\ Ltd \#7" """, """VAR|ups|ups.mfr|Acme "Power" \ Ltd #7""")]
    [InlineData(
        """VAR ups device.mfr "Acme \\\"Power\\\" \\\\ Ltd \\\#7" """,
        """VAR|ups|device.mfr|Acme \"Power\" \\ Ltd \#7"""
    )]
    [InlineData("VAR ups x \"a#b\"", "VAR|ups|x|a#b")]
    [InlineData("""VAR ups x "\a\ \n" """, "VAR|ups|x|a n")]
    [InlineData("NUMLOGINS ups 1", "NUMLOGINS|ups|1")]
    [InlineData("a\\ b c", "a b|c")]
    [InlineData("VAR ups ups.id \"B\u00fcro\u007f\"", "VAR|ups|ups.id|B\u00fcro\u007f")]
    [InlineData("", "")]
    [InlineData(" \t ", "")]
    public void Words_are_separated_by_blanks_grouped_by_quotes_and_unescaped(string line, string expected)
    {
        List<Word> words = [];
        Assert.True(UpsdWords.TrySplit(line, words));
        Assert.Equal(expected, string.Join('|', words.Select(word => word.Text)));
    }

    [Theory]
    [InlineData("VAR ups x \"never closed")]
    [InlineData("VAR ups x \"escape at the end\\")]
    [InlineData("VAR ups x escape\\")]
    [InlineData("VAR ups x \"DDDVAR ups y \"value\"")]
    [InlineData("VAR ups x \"DDD\"VAR ups y \"value\"")]
    [InlineData("VAR ups x DDD\"value\"")]
    [InlineData("\"")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33")]
    public void A_line_that_was_cut_or_grown_together_has_no_words(string line) =>
        Assert.False(UpsdWords.TrySplit(line, []));

    [Theory]
    [InlineData("office_ups", "office_ups")]
    [InlineData("it's-[1]~$%;:,.!?*", "it's-[1]~$%;:,.!?*")]
    [InlineData("p w", "\"p w\"")]
    [InlineData("p w\"d#1", "\"p w\\\"d\\#1\"")]
    [InlineData("a\"", "\"a\\\"\"")]
    [InlineData("a#", "\"a\\#\"")]
    [InlineData("a\\", "\"a\\\\\"")]
    [InlineData("", "\"\"")]
    [InlineData("a=b", "\"a=b\"")]
    public void A_word_is_quoted_only_when_it_must_be_and_read_back_as_it_was(string word, string sent)
    {
        Assert.Equal(sent, UpsdWords.Quote(word));
        List<Word> words = [];
        Assert.True(UpsdWords.TrySplit("PASSWORD " + sent, words));
        Assert.Equal([new Word("PASSWORD", false), new Word(word, sent[0] == '"')], words);
    }

    [Theory]
    [InlineData("VAR ups ups.status OL", "OL")]
    [InlineData("VAR \"ups\" ups.status \"OL\"", "OL")]
    [InlineData("VAR ups ups.status OB DISCHRG\r", "OB DISCHRG")]
    [InlineData("VAR ups \"ups.status\" OL", "OL")]
    public void A_value_and_a_name_need_no_quotes(string line, string status)
    {
        var list = Fed("BEGIN LIST VAR \"ups\"", line, "END LIST VAR ups");
        Assert.Null(list.Fault);
        Assert.Equal(status, list.Variables["ups.status"]);
    }

    [Theory]
    [InlineData("BEGIN LIST VAR My ups|VAR my ups ups.status \"OB LB\"|END LIST VAR my ups")]
    [InlineData("BEGIN LIST VAR \"my ups\"|VAR \"my ups\" ups.status \"OB LB\"|END LIST VAR \"my ups\"")]
    public void A_name_with_blanks_comes_back_with_quotes_or_without(string lines)
    {
        var list = new VariableList("my ups");
        foreach (var line in lines.Split('|'))
            list.Feed(line);
        Assert.Null(list.Fault);
        Assert.Equal("OB LB", list.Variables["ups.status"]);
    }

    [Fact]
    public void A_list_ends_with_its_END_and_names_are_compared_without_case()
    {
        var list = Fed(
            "begin LIST Var UPS",
            "VAR Ups Ups.Status \"OL\"",
            "VAR ups a \"1\"",
            "VAR ups A \"2\"",
            "END LIST VAR ups"
        );
        Assert.True(list.Ended);
        Assert.Null(list.Fault);
        Assert.Equal("OL", list.Variables["ups.status"]);
        Assert.Equal("2", list.Variables["a"]);
    }

    [Fact]
    public void A_list_may_be_empty_and_is_not_over_before_its_END()
    {
        Assert.Empty(Fed("BEGIN LIST VAR ups", "END LIST VAR ups").Variables);
        Assert.False(Fed("BEGIN LIST VAR ups", "VAR ups a \"1\"").Ended);
    }

    [Theory]
    [InlineData("ACCESS-DENIED", UpsFault.AccessDenied)]
    [InlineData("access-denied", UpsFault.AccessDenied)]
    [InlineData("INVALID-USERNAME", UpsFault.AccessDenied)]
    [InlineData("INVALID-PASSWORD", UpsFault.AccessDenied)]
    [InlineData("USERNAME-REQUIRED", UpsFault.AccessDenied)]
    [InlineData("PASSWORD-REQUIRED", UpsFault.AccessDenied)]
    [InlineData("UNKNOWN-UPS", UpsFault.UnknownUps)]
    [InlineData("DRIVER-NOT-CONNECTED", UpsFault.DriverNotConnected)]
    [InlineData("DATA-STALE", UpsFault.DataStale)]
    [InlineData("FEATURE-NOT-CONFIGURED", UpsFault.TlsFailed)]
    [InlineData("FEATURE-NOT-SUPPORTED", UpsFault.TlsFailed)]
    [InlineData("VAR-NOT-SUPPORTED", UpsFault.ProtocolError)]
    [InlineData("CMD-NOT-SUPPORTED", UpsFault.ProtocolError)]
    [InlineData("INVALID-ARGUMENT", UpsFault.ProtocolError)]
    [InlineData("INSTCMD-FAILED", UpsFault.ProtocolError)]
    [InlineData("SET-FAILED", UpsFault.ProtocolError)]
    [InlineData("READONLY", UpsFault.ProtocolError)]
    [InlineData("TOO-LONG", UpsFault.ProtocolError)]
    [InlineData("ALREADY-SSL-MODE", UpsFault.ProtocolError)]
    [InlineData("ALREADY-LOGGED-IN", UpsFault.ProtocolError)]
    [InlineData("ALREADY-SET-USERNAME", UpsFault.ProtocolError)]
    [InlineData("ALREADY-SET-PASSWORD", UpsFault.ProtocolError)]
    [InlineData("UNKNOWN-COMMAND", UpsFault.ProtocolError)]
    [InlineData("INVALID-VALUE", UpsFault.ProtocolError)]
    [InlineData("VAR-UNKNOWN", UpsFault.ProtocolError)]
    [InlineData("UNKNOWN-TYPE", UpsFault.ProtocolError)]
    [InlineData("UNKNOWN-INSTCMD", UpsFault.ProtocolError)]
    [InlineData("MISSING-ARGUMENT", UpsFault.ProtocolError)]
    [InlineData("SOMETHING-NEW and more", UpsFault.ProtocolError)]
    public void An_ERR_is_the_whole_answer(string code, UpsFault fault)
    {
        var list = Fed("ERR " + code);
        Assert.True(list.Ended);
        Assert.Equal(fault, list.Fault!.Value.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("ERR")]
    [InlineData("VAR ups a \"1\"")]
    [InlineData("BEGIN LIST VAR other")]
    [InlineData("BEGIN LIST UPS")]
    [InlineData("BEGIN LIST VAR ups more")]
    [InlineData("BEGIN LIST VAR ups\nVAR other a \"1\"")]
    [InlineData("BEGIN LIST VAR ups\nVAR ups a 1 \"2\"")]
    [InlineData("BEGIN LIST VAR ups\nVAR ups aVAR ups b \"1\"")]
    [InlineData("BEGIN LIST VAR")]
    [InlineData("BEGIN LIST VAR ups\nVAR ups a")]
    [InlineData("BEGIN LIST VAR ups\nVAR ups a \"1\" \"2\"")]
    [InlineData("BEGIN LIST VAR ups\nBEGIN LIST VAR ups")]
    [InlineData("BEGIN LIST VAR ups\nERR DATA-STALE")]
    [InlineData("BEGIN LIST VAR ups\nEND LIST VAR other")]
    [InlineData("Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/")]
    public void What_is_no_list_of_this_UPS_is_garbled(string lines) =>
        Assert.Equal(UpsFault.Garbled, Fed(lines.Split('\n')).Fault!.Value.Kind);

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", false)]
    [InlineData("", false)]
    public void A_runtime_of_zero_is_told_apart_from_none(string runtime, bool atZero)
    {
        var variables = Fed(
            "BEGIN LIST VAR ups",
            $"VAR ups battery.runtime \"{runtime}\"",
            "END LIST VAR ups"
        ).Variables;
        Assert.Equal(atZero, Variables.ToReading("ups", "upsd", default, variables).RuntimeAtZero);
    }

    [Theory]
    [InlineData("VAR ups device.model \"19\" rack\"")]
    [InlineData("VAR ups device.model \"Back-UPS \"Pro\" 900\"")]
    [InlineData("VAR ups device.model \"A\" B")]
    [InlineData("VAR ups device.model \"X\\\"")]
    public void A_value_with_quotes_that_nobody_escaped_is_left_out_and_told(string line)
    {
        var list = Fed("BEGIN LIST VAR ups", line, "VAR ups ups.status \"OL\"", "END LIST VAR ups");
        Assert.Null(list.Fault);
        Assert.Equal(["ups.status"], list.Variables.Keys);
        Assert.EndsWith(": device.model", list.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VAR ups ups.status \"OL\" \"")]
    [InlineData("VAR ups ups.status \"OL\" B")]
    [InlineData("VAR ups a \"DDDVAR ups ups.status \"OL\"")]
    [InlineData("VAR ups a \"DDDEND LIST VAR ups")]
    [InlineData("VAR ups \"a\" \"19\" rack\"")]
    [InlineData("VAR other device.model \"19\" rack\"")]
    [InlineData("TYPE ups device.model \"19\" rack\"")]
    public void One_of_the_status_or_of_two_lines_in_one_is_not(string line) =>
        Assert.Equal(UpsFault.Garbled, Fed("BEGIN LIST VAR ups", line).Fault!.Value.Kind);

    [Fact]
    public void Of_many_that_are_left_out_the_first_are_named()
    {
        var list = Fed("BEGIN LIST VAR ups");
        Assert.Null(list.Note);
        for (var i = 0; i < 5; i++)
            list.Feed($"VAR ups v{i} \"19\" rack\"");
        Assert.EndsWith(": v0, v1, v2 and 2 more", list.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_has_a_largest_size()
    {
        var list = Fed("BEGIN LIST VAR ups");
        for (var i = 0; i < 20_000; i++)
            list.Feed($"VAR ups v{i} \"\"");
        Assert.Equal(UpsFault.Garbled, list.Fault!.Value.Kind);
        Assert.InRange(list.Variables.Count, 1, VariableList.MostLines);
    }

    [Fact]
    public void Codes_of_strangers_are_shown_short_and_without_control_characters()
    {
        var fault = UpsdError.Of("\u001b[31m\0" + new string('X', 4000));
        Assert.True(fault.Detail.Length < 120);
        Assert.DoesNotContain('\u001b', fault.Detail);
    }

    [Fact]
    public void Lines_come_out_of_any_packets()
    {
        var buffer = new LineBuffer();
        List<string> lines = [];
        foreach (var b in Encoding.Latin1.GetBytes("one\r\ntwo\n\n\u00ff\nrest"))
        {
            buffer.Free.Span[0] = b;
            buffer.Added(1);
            while (buffer.TryTake(out var line))
                lines.Add(line);
        }
        Assert.Equal(["one", "two", "", "\u00ff"], lines);
        Assert.True(buffer.HasRest);
        Assert.False(buffer.IsOverlong);
    }

    private static VariableList Fed(params string[] lines)
    {
        var list = new VariableList("ups");
        foreach (var line in lines)
            list.Feed(line);
        return list;
    }
}
