using System.Text.RegularExpressions;
using Ebb.Core.Settings;
using Ebb.Engine.Settings;
using Ebb.Functions.Simulated;
using Ebb.Scaler.Settings;
using Ebb.Tests.Harness;
using Microsoft.Extensions.Configuration;

namespace Ebb.Tests.Deploy;

/// <summary>docs/settings.md and the code know the same settings.</summary>
public sealed partial class SettingsTableSpecs
{
    [Fact]
    public void Each_setting_of_the_engine_is_in_the_table_and_each_row_is_a_setting()
    {
        SettingsReader? all = null;
        EbbSettingsReader.Read(
            new ConfigurationBuilder().Build(),
            readMore: reader =>
            {
                DemoSettings.Read(reader);
                all = reader;
            }
        );
        Assert.Equal(all!.Known.Order(StringComparer.Ordinal), Rows("Operator and functions"));
    }

    [Fact]
    public void Each_setting_of_the_scaler_is_in_the_table_and_each_row_is_a_setting()
    {
        var reader = new SettingsReader([]);
        ScalerSettingsReader.Read(reader, inPod: false);
        Assert.Equal(reader.Known.Order(StringComparer.Ordinal), Rows("Scaler"));
    }

    private static IEnumerable<string> Rows(string heading)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs/settings.md"));
        var section = text[text.IndexOf($"## {heading}\n", StringComparison.Ordinal)..];
        if (section.IndexOf("\n## ", StringComparison.Ordinal) is var next and > 0)
            section = section[..next];
        return Row()
            .Matches(section)
            .SelectMany(row => Name().Matches(row.Groups[1].Value).Select(name => name.Groups[1].Value))
            .Where(name => !name.StartsWith("__", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\| (`[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
