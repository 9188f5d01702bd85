using System.Text;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Client;

namespace Ebb.Skipped;

/// <summary>Tells at the end of a test run which tests were skipped and why, by reason.</summary>
/// <param name="output">Where to.</param>
[FriendlyName("skipped")]
[ExtensionUri("logger://ebb/skipped")]
public sealed class SkippedLogger(TextWriter output) : ITestLogger
{
    private const int MostNames = 3;
    private readonly Dictionary<string, List<string>> _skipped = new(StringComparer.Ordinal);

    public SkippedLogger()
        : this(Console.Out) { }

    public void Initialize(TestLoggerEvents events, string testRunDirectory)
    {
        ArgumentNullException.ThrowIfNull(events);
        events.TestResult += (_, args) => Keep(args.Result);
        events.TestRunComplete += (_, _) => Tell();
    }

    private void Keep(TestResult result)
    {
        if (result.Outcome != TestOutcome.Skipped)
            return;
        var reason = (result.ErrorMessage ?? result.Messages.FirstOrDefault()?.Text)?.Trim();
        if (string.IsNullOrEmpty(reason))
            reason = "no reason was given";
        // Results come from several threads where several assemblies run.
        lock (_skipped)
        {
            if (!_skipped.TryGetValue(reason, out var names))
                _skipped[reason] = names = [];
            names.Add(result.TestCase.FullyQualifiedName);
        }
    }

    private void Tell()
    {
        var text = new StringBuilder();
        lock (_skipped)
        {
            if (_skipped.Count == 0)
                return;
            text.AppendLine($"Skipped: {_skipped.Values.Sum(names => names.Count)}");
            foreach (var (reason, names) in _skipped.OrderByDescending(one => one.Value.Count).ThenBy(one => one.Key))
            {
                var classes = names.Select(Class).Distinct().Order(StringComparer.Ordinal).ToList();
                text.Append($"  {names.Count, 4}  {reason}: {string.Join(", ", classes.Take(MostNames))}");
                text.AppendLine(classes.Count > MostNames ? $" and {classes.Count - MostNames} more" : "");
            }
        }

        output.Write(text.ToString());
    }

    /// <summary>Of a test by its full name.</summary>
    private static string Class(string test)
    {
        var parts = test.Split('(')[0].Split('.');
        return parts.Length > 1 ? parts[^2] : test;
    }
}
