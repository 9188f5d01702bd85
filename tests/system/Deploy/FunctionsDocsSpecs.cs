using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Functions.Worker;
using Ebb.Tests.Harness;
using Microsoft.Azure.Functions.Worker;

namespace Ebb.Tests.Deploy;

/// <summary>docs/functions.md, the functions and local.settings.json say the same.</summary>
public sealed partial class FunctionsDocsSpecs
{
    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs/functions.md"));

    [Fact]
    public void Each_function_is_in_the_table_with_its_trigger()
    {
        var functions = typeof(PollUps)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
            .Select(method => $"{method.GetCustomAttribute<FunctionAttribute>()!.Name} {Trigger(method)}");
        Assert.Equal(
            functions.Order(StringComparer.Ordinal),
            FunctionRow()
                .Matches(Page)
                .Select(row =>
                    $"{row.Groups[1].Value} {row.Groups[2].Value.Replace("`", "", StringComparison.Ordinal)}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Each_setting_of_the_host_is_in_the_table_with_its_value()
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "functions/local.settings.json"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            JsonNode.Parse(text)!["Values"]!
                .AsObject()
                .Select(value => $"{value.Key}={value.Value}")
                .Order(StringComparer.Ordinal),
            SettingRow()
                .Matches(Page)
                .Select(row => $"{row.Groups[1].Value}={row.Groups[2].Value}")
                .Order(StringComparer.Ordinal)
        );
    }

    private static string Trigger(MethodInfo method) =>
        method
            .GetParameters()
            .Select(parameter =>
                parameter.GetCustomAttributes().FirstOrDefault(a => a is HttpTriggerAttribute or TimerTriggerAttribute)
            )
            .OfType<Attribute>()
            .Single() switch
        {
            TimerTriggerAttribute timer => $"timer {timer.Schedule}",
            HttpTriggerAttribute http =>
                $"HTTP {string.Join(", ", http.Methods!.Select(m => m.ToUpperInvariant()))} /api/{http.Route}",
            var other => throw new InvalidOperationException($"{other}"),
        };

    [GeneratedRegex(@"^\| `(\w+)` \| ((?:timer|HTTP) [^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex FunctionRow();

    [GeneratedRegex(@"^\| `(\w+)` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex SettingRow();
}
