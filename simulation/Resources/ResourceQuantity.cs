using System.Globalization;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Resources;

/// <summary>resource.Quantity: "100m", "2Gi", 3.</summary>
internal static class ResourceQuantity
{
    private static readonly (string Suffix, double Factor)[] Suffixes =
    [
        ("Ki", 1024.0),
        ("Mi", 1048576.0),
        ("Gi", 1073741824.0),
        ("Ti", 1099511627776.0),
        ("Pi", 1125899906842624.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
    ];

    /// <summary>Null when it is not a quantity.</summary>
    public static double? Read(JsonNode? node) => node is null ? null : Read(node.ToString());

    public static double? Read(string text)
    {
        var factor = 1.0;
        foreach (var (suffix, value) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                factor = value;
                text = text[..^suffix.Length];
                break;
            }
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number * factor
            : null;
    }

    /// <summary>In thousandths (m) unless it is whole, as Kubernetes writes metrics.</summary>
    public static string Write(double value) =>
        value == Math.Floor(value)
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : Math.Ceiling(value * 1000).ToString("0", CultureInfo.InvariantCulture) + "m";
}
