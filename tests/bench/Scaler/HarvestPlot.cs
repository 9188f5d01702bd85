using System.Globalization;
using System.Text;
using Ebb.Core.Tests.Capacity;

namespace Ebb.Bench.Scaler;

/// <summary>The original's scenario as numbers, as CSV and as a picture.</summary>
internal static class HarvestPlot
{
    private const int Width = 900,
        Height = 300,
        Left = 50,
        Top = 30;

    public static void Run(string folder)
    {
        var (ours, reversed) = (SpareCapacityScenario.Ours(), SpareCapacityScenario.Reversed());
        Directory.CreateDirectory(folder);
        Console.WriteLine("| | Ebb | HPA on the reversed metric |\n|---|---|---|");
        Row("periods of 15 s to settle, after each turn of the load", o => string.Join(", ", o.Settled));
        Row("changes of direction", o => $"{o.Directions}");
        Row("overshoot, miners", o => $"{o.Overshoot}");
        Row("harvested, core-minutes", o => $"{o.Harvested:0}");
        Row("requested of the reserve, core-minutes", o => $"{o.Violated:0}");
        Row("longest that a paying pod waited, seconds", o => $"{o.LongestPending}");
        File.WriteAllLines(
            Path.Combine(folder, "scenario.csv"),
            ours.Samples.Zip(
                    reversed.Samples,
                    (a, b) =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{a.Second},{a.Paying * 4},{a.Miners},{b.Miners},{a.Requested},{b.Requested}"
                        )
                )
                .Prepend("second,paying cores,miners (Ebb),miners (reversed),requested (Ebb),requested (reversed)")
        );
        File.WriteAllText(Path.Combine(folder, "scenario.svg"), Picture(ours, reversed));

        void Row(string what, Func<SpareCapacityScenario.Outcome, string> value) =>
            Console.WriteLine($"| {what} | {value(ours)} | {value(reversed)} |");
    }

    private static string Picture(SpareCapacityScenario.Outcome ours, SpareCapacityScenario.Outcome reversed)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{(Height * 2) + 20}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        Panel(svg, 0, "Ebb", ours);
        Panel(svg, Height, "HPA on the reversed metric", reversed);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, int down, string title, SpareCapacityScenario.Outcome outcome)
    {
        double X(int second) => Left + ((Width - Left - 20.0) * second / SpareCapacityScenario.Seconds);
        double Y(double cores) => down + Height - 20 - ((Height - Top - 30.0) * Math.Min(cores, 240) / 240);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Left}\" y=\"{down + 20}\" font-size=\"14\">{title}: cores requested by miners (blue), by the paying service (orange), by all (grey)</text>\n"
        );
        foreach (
            var (cores, name) in new[]
            {
                (SpareCapacityScenario.Cores, "184"),
                (SpareCapacityScenario.Cores - SpareCapacityScenario.Reserve, "154"),
                (0, "0"),
            }
        )
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line x1=\"{Left}\" x2=\"{Width - 20}\" y1=\"{Y(cores):0.0}\" y2=\"{Y(cores):0.0}\" stroke=\"#bbb\" stroke-dasharray=\"4\"/><text x=\"{Left - 30}\" y=\"{Y(cores) + 4:0.0}\">{name}</text>\n"
            );
        Line(svg, outcome, s => s.Requested, "#888", X, Y);
        Line(svg, outcome, s => s.Miners, "#1f77b4", X, Y);
        Line(svg, outcome, s => s.Paying * 4, "#ff7f0e", X, Y);
    }

    private static void Line(
        StringBuilder svg,
        SpareCapacityScenario.Outcome outcome,
        Func<SpareCapacityScenario.Sample, double> value,
        string colour,
        Func<int, double> x,
        Func<double, double> y
    )
    {
        var points = outcome
            .Samples.Where(s => s.Second % 3 == 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{x(s.Second):0.0},{y(value(s)):0.0}"));
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" points=\"{string.Join(' ', points)}\"/>\n"
        );
    }
}
