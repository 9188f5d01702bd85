using System.Text;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;
using Ebb.Nut;
using Ebb.Nut.Exporters;
using Ebb.Nut.Upsd;
using Ebb.Scaler.Triggers;

namespace Ebb.Tests.Fuzzing;

/// <summary>
/// What comes from outside costs what its length does: of each format, the pieces that it may repeat. YAML and calendars
/// have their own rows beside their corpus.
/// </summary>
public sealed class LengthSpecs
{
    [Theory]
    [InlineData("[", "1,", "1]")]
    [InlineData("[", "{},", "{}]")]
    [InlineData("{", "\"a\":1,", "\"b\":1}")]
    [InlineData("{\"a\":\"", "\\u0041", "\"}")]
    [InlineData("{\"a\":", "1", "}")]
    [InlineData("", "[", "")]
    [InlineData("", "{\"a\":", "")]
    [InlineData("", " ", "{}")]
    [InlineData("{\"kind\":\"Schedule\",\"spec\":{", "\"x\":[{\"y\":1}],", "\"z\":1}}")]
    public void Json(string before, string piece, string after) =>
        IsLinear(before, piece, after, text => PreviewFuzzSpecs.Previewed(text, yaml: false));

    [Theory]
    [InlineData("{\"metadata\":{\"name\":\"a\",\"labels\":{", "\"a\":\"b\",", "\"c\":\"d\"}}}")]
    [InlineData("{\"metadata\":{\"name\":\"", "a", "\"}}")]
    [InlineData("{\"spec\":{\"gates\":[", "{\"kind\":\"Pod\",\"name\":\"x\"},", "{}]}}")]
    [InlineData("{\"spec\":{\"selector\":{\"matchLabels\":{", "\"a\":\"b\",", "\"c\":\"d\"}}}}")]
    [InlineData("{\"spec\":", "[", "")]
    public void Objects(string before, string piece, string after) =>
        IsLinear(before, piece, after, text => ObjectFuzzSpecs.Read(text, Kinds.UpsScalers));

    [Theory]
    [InlineData("BEGIN LIST VAR ups\n", "VAR ups a.b \"1\"\n", "END LIST VAR ups\n")]
    [InlineData("VAR ups a.b \"", "\\\"", "\"\n")]
    [InlineData("VAR ups a.b \"", "x", "\"\n")]
    [InlineData("", "\"", "\n")]
    [InlineData("", " ", "\n")]
    [InlineData("", "\n", "")]
    [InlineData("", "a ", "")]
    public void Lines_of_upsd(string before, string piece, string after) =>
        IsLinear(
            before,
            piece,
            after,
            text =>
            {
                var (buffer, list) = (new LineBuffer(), new VariableList("ups"));
                List<Word> words = [];
                var bytes = Encoding.Latin1.GetBytes(text);
                for (var at = 0; at < bytes.Length && !list.Ended && !buffer.IsOverlong; )
                {
                    var free = buffer.Free;
                    var count = Math.Min(free.Length, bytes.Length - at);
                    bytes.AsSpan(at, count).CopyTo(free.Span);
                    buffer.Added(count);
                    at += count;
                    while (buffer.TryTake(out var line))
                    {
                        list.Feed(line);
                        UpsdWords.TrySplit(line, words);
                    }
                }
            }
        );

    [Theory]
    [InlineData("", "# HELP a b\n", "")]
    [InlineData("", "network_ups_tools_battery_charge{ups=\"a\"} 1\n", "")]
    [InlineData("a{", "b=\"c\",", "d=\"e\"} 1\n")]
    [InlineData("a{b=\"", "\\\"", "\"} 1\n")]
    [InlineData("", "{", "")]
    [InlineData("a ", "1", "\n")]
    [InlineData("", "\n", "")]
    [InlineData("<html>", "<p>", "")]
    public void Pages_of_exporters(string before, string piece, string after) =>
        IsLinear(before, piece, after, text => ExporterPage.Parse(text, null, out _));

    [Theory]
    [InlineData("start=", "1", "")]
    [InlineData("schedules=", "a,", "")]
    [InlineData("daysOfWeek=", "Mon,", "Tue")]
    [InlineData("reserve=", "9", "%")]
    [InlineData("nodeSelector=", "a=b,", "c=d")]
    [InlineData("timezone=", "A/", "")]
    public void Metadata_of_triggers(string before, string piece, string after) =>
        IsLinear(
            before,
            piece,
            after,
            text =>
            {
                var at = text.IndexOf('=', StringComparison.Ordinal);
                TriggerMetadataReader.Read(
                    new Dictionary<string, string> { ["follow"] = "schedule", [text[..at]] = text[(at + 1)..] }
                );
            }
        );

    [Theory]
    [InlineData("", "9", "")]
    [InlineData("0.", "0", "1")]
    [InlineData("1e", "9", "")]
    [InlineData("", "-", "1")]
    public void Quantities(string before, string piece, string after) =>
        IsLinear(before, piece, after, text => Quantity.TryParse(text, 1000, out _));

    private static void IsLinear(string before, string piece, string after, Action<string> feed) =>
        Fuzz.IsLinear(
            size => before + string.Concat(Enumerable.Repeat(piece, size / piece.Length)) + after,
            32_000,
            feed
        );
}
