using System.Text;
using Ebb.Core.Power;
using Ebb.Nut;
using Ebb.Nut.Exporters;
using Ebb.Nut.Upsd;
using Ebb.Tests.Fuzzing;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Nut;

/// <summary>
/// 300,000 inputs each under EBB_LONG, 50,000 otherwise, the same every time: real answers with bytes changed, cut,
/// doubled and swapped. No exception escapes, none costs more than any other input may, and what is kept stays small.
/// </summary>
public sealed class FuzzSpecs
{
    private static readonly int Inputs = Length.IsLong ? 300_000 : 50_000;

    private static readonly string[] Pieces = ["\"", "\\", "#", "\n", " ", "{", "}", "=", ","];

    private static readonly string[] Answers =
    [
        "BEGIN LIST VAR ups\nVAR ups battery.charge \"100\"\nVAR ups ups.mfr \"Acme \\\"Power\\\" \\\\ Ltd \\#7\"\nVAR ups ups.status \"OL CHRG\"\nEND LIST VAR ups\n",
        "ERR DATA-STALE\n",
        "ERR ACCESS-DENIED\nERR\n",
        "OK\nOK Goodbye\n",
        "VAR ups ups.status \"\"\r\n",
        "\"\"\"\"\\\\\\\n\n\n#\n",
    ];

    private static readonly string[] Statuses =
    [
        "OL",
        "OB DISCHRG LB",
        "FSD OL",
        "  ol\tchrg  ",
        "ALARM OL OB CAL BYPASS OFF OVER TRIM BOOST RB HB",
        "",
    ];

    [Fact]
    public void Lines_of_upsd()
    {
        var answers = 0;
        List<Word> words = [];
        Run(
            Answers,
            (random, input) =>
            {
                var buffer = new LineBuffer();
                var list = new VariableList("ups");
                var bytes = Encoding.Latin1.GetBytes(input);
                for (var at = 0; at < bytes.Length && !list.Ended; )
                {
                    var free = buffer.Free;
                    var count = Math.Min(Math.Min(free.Length, bytes.Length - at), random.Next(1, 64));
                    bytes.AsSpan(at, count).CopyTo(free.Span);
                    buffer.Added(count);
                    at += count;
                    while (buffer.TryTake(out var line))
                    {
                        list.Feed(line);
                        UpsdWords.TrySplit(line, words);
                        Assert.True(words.Count <= UpsdWords.Most);
                    }
                    if (buffer.IsOverlong)
                        break;
                }
                if (list.Ended && list.Fault is null)
                {
                    answers++;
                    Variables.ToReading("ups", "fuzz", default, list.Variables);
                }
                if (list.Fault is { } fault)
                    Assert.True(fault.Detail.Length < 300);
                Assert.True(list.Variables.Count <= VariableList.MostLines);
            }
        );
        Assert.True(answers > 0);
    }

    [LongFact]
    public void Pages_of_exporters()
    {
        var pages = 0;
        Run(
            [ExporterPageSpecs.NutExporter, ExporterPageSpecs.Hon95, "<html>\n", "\n"],
            (random, input) =>
            {
                var page = ExporterPage.Parse(input, random.Next(2) == 0 ? "b" : null, out var fault);
                if (page is not null)
                {
                    pages++;
                    Assert.True(page.Charge is null or (>= 0 and <= 100));
                    Assert.True(page.Load is null or >= 0);
                    Assert.True(page.Flags.Tokens.Count <= UpsFlags.MaximumTokens);
                }
                else
                    Assert.InRange(fault.Detail.Length, 1, 300);
                ExporterRefusal.Of((System.Net.HttpStatusCode)random.Next(100, 600), input);
            }
        );
        Assert.True(pages > 0);
    }

    [Fact]
    public void Status_flags() =>
        Run(
            Statuses,
            (_, input) =>
            {
                var flags = UpsFlags.Parse(input);
                Assert.True(flags.Tokens.Count <= UpsFlags.MaximumTokens);
                Assert.Equal(flags, UpsFlags.Parse(flags.ToString()));
                Assert.Equal(flags.GetHashCode(), UpsFlags.Parse(flags.ToString()).GetHashCode());
                foreach (var token in flags.Tokens)
                    Assert.True(flags.Contains(token));
                UpsNumbers.Charge(input);
                UpsNumbers.Runtime(input);
                UpsNumbers.Load(input);
            }
        );

    [Fact]
    public void Addresses() =>
        Run(
            [
                "rack=nut://user:p%40ss@host.lan:3493/ups",
                "nuts://[fd00::1]:1/u?insecure=true&ca=/x",
                "a=https://h:9/m?ups=x&y=1",
            ],
            (_, input) =>
            {
                var (address, errors) = UpsSourceAddress.Parse(input);
                Assert.Equal(address is null, errors.Count > 0);
                if (address is not null)
                    Assert.NotEmpty(UpsSources.Create([address], TimeProvider.System)[0].Name);
            }
        );

    private static void Run(string[] seeds, Action<Random, string> feed)
    {
        var random = new Random(20261121);
        var inputs = new Mutations(random, seeds, Pieces);
        for (var i = 0; i < Inputs; i++)
        {
            var input = inputs.Next();
            try
            {
                var cost = ThreadCost.Of(() => feed(random, input));
                if (cost.Cpu > Fuzz.MostCpu || cost.Bytes > Fuzz.MostBytes)
                    cost = ThreadCost.Least(() => feed(random, input));
                Assert.True(cost.Cpu <= Fuzz.MostCpu && cost.Bytes <= Fuzz.MostBytes, $"it cost {cost}");
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException(
                    $"input {i}: {Convert.ToBase64String(Encoding.UTF8.GetBytes(input))}",
                    problem
                );
            }
        }
    }
}
