using Ebb.Engine.Schedules;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Fuzzing;

/// <summary>Manifests of anybody, as <c>POST /api/schedules/preview</c> reads them.</summary>
public sealed class PreviewFuzzSpecs
{
    private static readonly string[] Values =
    [
        "null",
        "true",
        "-1",
        "1e400",
        "9223372036854775808",
        "2147483647",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[]",
        "{}",
        "\"24:00\"",
        "\"0000-00-00\"",
        "\"Weekly\"",
        "\"Monthly\"",
        "\"OneShot\"",
        "\"9999-12-31T23:59\"",
        "\"-9998-01-01T00:00\"",
        "\"0001-01-01/9999-12-31\"",
        "\"last Friday\"",
        "\"Etc/GMT+14\"",
    ];

    private static readonly string[] OfYaml =
    [
        .. Values,
        "? ",
        "- ",
        ": ",
        "&a ",
        "*a",
        "*a : ",
        "<<: *a",
        "---\n",
        "...\n",
        "!!str ",
        "!!binary ",
        "!!map ",
        "!<x> ",
        "! ",
        "%YAML 9.9\n",
        "%TAG ! x\n",
        "|\n",
        ">-\n",
        "|9\n",
        "\t",
        "# ",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        "\"",
        "\r",
        "\u0085",
        "\u2028",
        "\uFEFF",
    ];

    private static readonly string[] OfJson =
    [
        .. Values,
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\",
        "\"kind\":",
        "\"items\":",
    ];

    [Fact]
    public void Manifests_in_yaml() => Fuzz.Run("yaml", OfYaml, text => Previewed(text, yaml: true));

    [Fact]
    public void Manifests_in_json() => Fuzz.Run("json", OfJson, text => Previewed(text, yaml: false));

    public static TheoryData<string, string, string> Growing =>
        new()
        {
            { "", "- a\n", "" },
            { "", "? ", "x" },
            { "", "[", "" },
            { "[", "a, ", "a]" },
            { "{", "? a, ", "}" },
            { "a: ", "x ", "" },
            { "a: \"", "\\x41 ", "\"" },
            { "a: |\n", " x\n", "" },
            { "a: >\n", "  x\n\n   y\n", "" },
            { "", "# x\n", "a: b" },
            { "", "\n", "a: b" },
            { "", "---\n", "" },
            { "a: ", "&a", " x" },
            { "", "- &a x\n- *a\n", "" },
            { "", "!a", " x" },
            { "\"", "x\n", "\"" },
            { "", " ", "a: b" },
            { "", "a\n", ": b" },
            { "%", "x", "\n" },
        };

    [LongTheory]
    [MemberData(nameof(Growing))]
    public void Yaml_costs_what_its_length_does(string before, string piece, string after) =>
        Fuzz.IsLinear(
            size => before + string.Concat(Enumerable.Repeat(piece, size / piece.Length)) + after,
            32_000,
            text => Previewed(text, yaml: true)
        );

    [Fact]
    public void Schedules_cost_what_their_number_does() =>
        Fuzz.IsLinear(
            count =>
                string.Concat(
                    Enumerable
                        .Range(0, count)
                        .Select(i =>
                            Fuzz.Corpus("yaml")[0].Replace("name: day", $"name: day-{i}", StringComparison.Ordinal)
                            + "---\n"
                        )
                ),
            50,
            text => Previewed(text, yaml: true)
        );

    /// <summary>
    /// Each name stands for two of the one before: a hundred lines would be more nodes than any memory.
    /// </summary>
    [Theory]
    [InlineData("*z")]
    [InlineData("? *z\n: x")]
    [InlineData("? [*z]\n: x")]
    [InlineData("? {a: *z}\n: x")]
    public void Names_that_stand_for_one_another_cost_nothing(string use)
    {
        var lines = Enumerable.Range('a', 25).Select(c => $"- &{(char)(c + 1)} [*{(char)c}, *{(char)c}]\n");
        var text =
            "- &a [x, x]\n" + string.Concat(lines) + $"- {use.Replace("\n", "\n  ", StringComparison.Ordinal)}\n";
        var cost = ThreadCost.Of(() => Previewed(text, yaml: true));
        Assert.InRange(cost.Cpu, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(cost.Bytes, 0, Fuzz.MostBytes);
    }

    internal static bool Previewed(string text, bool yaml)
    {
        var from = Instant.FromUtc(2026, 3, 27, 0, 0);
        var stretch = new ScheduleStretch(from, from + Duration.FromDays(7), false);
        var answer = new Preview(new EmptyCluster(), ["ebb-system"]).AnswerAsync(
            text,
            yaml,
            stretch,
            CancellationToken.None
        );
        Assert.True(answer.IsCompleted, "it waits for something");
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            answer.GetAwaiter().GetResult(),
            ScheduleJson.Default.SchedulesAnswer
        );
        return answer.Result.Items.Count > 0;
    }
}
