using System.Globalization;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// What a UPS tells from the moment mains fails (<c>tests/recordings/discharges</c>: a two-well model of lead-acid
/// batteries, fresh, aged, and with a charge that is told from the voltage).
/// </summary>
internal sealed class DischargeCurve
{
    private readonly List<(double At, string[] Values)> _rows = [];

    private DischargeCurve(string file)
    {
        var lines = File.ReadAllLines(file);
        Lasts = double.Parse(lines[1].Split(' ')[4], CultureInfo.InvariantCulture);
        Names = lines[2].Split(',')[1..];
        foreach (var cells in lines.Skip(3).Select(line => line.Split(',')))
            _rows.Add((double.Parse(cells[0], CultureInfo.InvariantCulture), cells[1..]));
    }

    /// <summary>Seconds until the output is cut.</summary>
    public double Lasts { get; }

    /// <summary>The variables that are told.</summary>
    public IReadOnlyList<string> Names { get; }

    public static IEnumerable<string> All =>
        Directory.GetFiles(Folder, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f)!).Order();

    private static string Folder => Path.Combine(Repository.Root, "tests", "recordings", "discharges");

    public static DischargeCurve Of(string name) => new(Path.Combine(Folder, name + ".csv"));

    /// <summary>What is told so many seconds after mains failed: the last row at or before.</summary>
    public IEnumerable<(string Name, string Value)> At(double second) =>
        Names.Zip(_rows.LastOrDefault(row => row.At <= second, _rows[0]).Values);
}
