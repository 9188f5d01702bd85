using System.Globalization;
using System.Runtime.CompilerServices;
using Ebb.Core.Ports;
using Ebb.Core.Power;

namespace Ebb.Engine.Commands;

/// <summary>Does each UPS answer, and what does it say?</summary>
/// <param name="sources">Each is asked once and disposed of.</param>
/// <param name="wanted">Power failures are followed.</param>
internal sealed class UpsCheck(IReadOnlyList<IUpsSource> sources, bool wanted) : ICheck
{
    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!wanted)
            yield return new Finding(Severity.Note, "UPS", "none: Power__Enabled is false");
        foreach (var one in sources)
        {
            await using var source = one;
            var answer = await source.ReadAsync(cancellationToken);
            yield return answer switch
            {
                UpsReading { Flags: not null } reading => new Finding(
                    Severity.Fine,
                    "UPS",
                    $"{source.Name}: {Words(reading)}"
                ),
                UpsReading => new Finding(Severity.Failed, "UPS", $"{source.Name}: it answers without a status"),
                UpsNoAnswer silent => new Finding(Severity.Failed, "UPS", $"{source.Name}: {silent.Detail}"),
                _ => throw new InvalidOperationException($"no such answer: {answer}"),
            };
        }
    }

    private static string Words(UpsReading reading)
    {
        var words = string.Join(' ', reading.Flags!.Tokens);
        var charge = reading.Charge is { } percent
            ? percent.ToString("0' %'", CultureInfo.InvariantCulture)
            : "unknown";
        var runtime = reading.Runtime is { } left
            ? left.TotalMinutes.ToString("0.#' min'", CultureInfo.InvariantCulture)
            : "unknown";
        return $"{words}, charge {charge}, runtime {runtime}{(reading.Note is { } note ? $"; {note}" : "")}";
    }
}
