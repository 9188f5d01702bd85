using Ebb.Core.Outages;
using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

public class DurationHistorySpecs
{
    private static readonly Instant Began = Instant.FromUtc(2026, 1, 15, 12, 0);

    [Fact]
    public void Nothing_is_known_before_the_first_outage() =>
        Assert.Null(DurationHistory.Nothing.Sleep("deployment shop/web"));

    [Fact]
    public void One_in_ten_may_take_longer_and_only_the_last_ten_count()
    {
        var learned = DurationHistory.Nothing;
        for (var i = 1; i <= 15; i++)
            learned = learned.After(Outage(i, i));
        // 6 to 15 are left; the ninth of ten is 14.
        Assert.Equal(Duration.FromSeconds(14), learned.Sleep("deployment shop/web"));
        Assert.Equal(Duration.FromSeconds(28), learned.Wake("deployment shop/web"));
    }

    [Fact]
    public void The_same_outage_teaches_once_and_one_that_goes_on_not_at_all()
    {
        var learned = DurationHistory.Nothing.After(Outage(1, 5));
        Assert.Same(learned, learned.After(Outage(1, 50)));
        Assert.Same(learned, learned.After(Outage(2, 50) with { Ended = null }));
    }

    [Fact]
    public void A_clock_that_was_set_back_in_between_teaches_nothing()
    {
        var outage = Outage(1, 5);
        var learned = DurationHistory.Nothing.After(
            outage with
            {
                Workloads = [outage.Workloads[0] with { AsleepAt = Began - Duration.FromHours(1) }],
            }
        );
        Assert.Null(learned.Sleep("deployment shop/web"));
        Assert.Equal(Duration.FromSeconds(10), learned.Wake("deployment shop/web"));
    }

    [Fact]
    public void A_report_reads_as_markdown_and_nothing_in_a_name_breaks_it()
    {
        var outage = Outage(1, 5) with
        {
            Cause = "ups: on battery | [x](y) <script>",
            Waves = [new WaveReport(Direction.Down, 1, Began, Began + Duration.FromSeconds(5), 60)],
            OnBatteryAt = Began - Duration.FromSeconds(7),
            FirstWriteAt = Began + Duration.FromSeconds(2),
            Lines =
            [
                new OutageLine(Began, "wave 1 goes to sleep", 97.6, 300),
                new OutageLine(Began + Duration.FromSeconds(5), "Asleep: on battery", 90, null),
            ],
        };
        var text = OutageMarkdown.Of(
            outage with
            {
                Workloads =
                [
                    .. outage.Workloads,
                    new WorkloadReport("deployment shop/slow", 2, Began, Late: true, Note: "stuck"),
                ],
            }
        );
        Assert.StartsWith("# Outage of 2026-01-15 12:00:00Z\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "- What came first: ups: on battery \\| \\[x\\](y) \\<script\\>\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "- From on battery, as Ebb heard it from the first UPS that failed, to the first write that succeeded: 9 s\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("- Charge: 98 % at first, 90 % at least, 90 % at last\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "- Back as it was: not deployment shop/slow\n- Late: deployment shop/slow\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("| down | 1 | 12:00:00 | 12:00:05 | 5 s | 60 s |\n", text, StringComparison.Ordinal);
        Assert.Contains("| deployment shop/web | 3 | 5 s | 10 s |  |\n", text, StringComparison.Ordinal);
        Assert.Contains("| deployment shop/slow | 2 |  |  | late stuck |\n", text, StringComparison.Ordinal);
        Assert.Contains("| 12:00:00 | wave 1 goes to sleep | 98 % | 5 min |\n", text, StringComparison.Ordinal);
    }

    private static OutageReport Outage(int number, double seconds)
    {
        var slept = Began + Duration.FromSeconds(seconds);
        return new OutageReport
        {
            Id = $"20260115T1200{number:00}Z",
            Began = Began,
            Ended = Began + Duration.FromMinutes(10),
            Cause = "on battery",
            Workloads =
            [
                new WorkloadReport(
                    "deployment shop/web",
                    3,
                    Began,
                    slept,
                    Began,
                    Began + Duration.FromSeconds(seconds * 2)
                ),
            ],
        };
    }
}
