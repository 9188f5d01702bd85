using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Schemas;

/// <summary>
/// The few forms of CEL rules that definitions here use: <c>self.field OP literal</c>, <c>!has(self.field) || RULE</c>
/// and <c>has(self.field)</c>. Any other rule counts as fulfilled; the real server evaluates all of CEL.
/// </summary>
internal static partial class CommonRules
{
    public static bool Holds(string rule, JsonNode self)
    {
        foreach (var part in rule.Split("||", StringSplitOptions.TrimEntries))
        {
            if (HoldsOne(part, self) is not false)
            {
                return true;
            }
        }

        return false;
    }

    // Null: not understood, which counts as fulfilled.
    private static bool? HoldsOne(string rule, JsonNode self)
    {
        if (HasForm().Match(rule) is { Success: true } has)
        {
            return (self.At(has.Groups["path"].Value.Split('.')) is not null) != has.Groups["not"].Success;
        }

        if (CompareForm().Match(rule) is not { Success: true } compare)
        {
            return null;
        }

        var left = self.At(compare.Groups["path"].Value.Split('.'));
        var literal = compare.Groups["value"].Value;
        if (literal.StartsWith("self.", StringComparison.Ordinal))
        {
            var right = self.At(literal[5..].Split('.'));
            return left.Number() is { } a && right.Number() is { } b
                ? Compare(a.CompareTo(b), compare.Groups["op"].Value)
                : null;
        }

        if (literal[0] is '\'' or '"')
        {
            var order = string.CompareOrdinal(left.Text() ?? "", literal[1..^1]);
            return Compare(order, compare.Groups["op"].Value);
        }

        return
            left.Number() is { } number
            && double.TryParse(literal, System.Globalization.CultureInfo.InvariantCulture, out var limit)
            ? Compare(number.CompareTo(limit), compare.Groups["op"].Value)
            : null;
    }

    private static bool Compare(int order, string op) =>
        op switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };

    [GeneratedRegex(@"^(?<not>!)?has\(self\.(?<path>[\w.]+)\)$")]
    private static partial Regex HasForm();

    [GeneratedRegex(
        @"^self\.(?<path>[\w.]+)\s*(?<op>==|!=|<=|>=|<|>)\s*(?<value>'[^']*'|""[^""]*""|-?[\d.]+|self\.[\w.]+)$"
    )]
    private static partial Regex CompareForm();
}
