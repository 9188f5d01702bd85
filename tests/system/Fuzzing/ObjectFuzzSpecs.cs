using System.Text.Json;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Schedules;

namespace Ebb.Tests.Fuzzing;

/// <summary>
/// Objects as an API server might send them, whatever their schema says: unreadable ones are told as such.
/// </summary>
public sealed class ObjectFuzzSpecs
{
    private static readonly string[] Pieces =
    [
        "null",
        "true",
        "-1",
        "1e400",
        "2147483648",
        "9223372036854775808",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[]",
        "{}",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\",
        "\"metadata\":",
        "\"name\":",
        "\"spec\":",
        "\"fields\":",
        "\"annotations\":{\"a\":",
        "\"2026-01-01T00:00:00Z\"",
        "\"9999-99-99T99:99:99Z\"",
        "\"spec.a[0].b\"",
        "\"..[\"",
    ];

    [Fact]
    public void UpsScalers() =>
        Fuzz.Run("ups-scaler", Pieces, text => Read(text, Kinds.UpsScalers) is { } item && Viewed(item));

    [Fact]
    public void Schedules() =>
        Fuzz.Run(
            "schedule",
            Pieces,
            text =>
                Read(text, ScheduleKinds.Schedules) is { } item
                && ScheduleSpec
                    .Read(
                        item.Metadata.Name,
                        item.View(ScheduleKinds.Schedules.Type).Spec,
                        (_, _) => CalendarReading.None
                    )
                    .Value
                    is not null
        );

    [Fact]
    public void SleepMethods() =>
        Fuzz.Run("sleep-method", Pieces, text => Read(text, Kinds.SleepMethods)?.View().Read.Value is not null);

    private static bool Viewed(UpsScaler item)
    {
        var view = ScalerView.Of(item, null, new WorkloadLookup.Absent("it"));
        return view.Type is not null && WorkloadType.Parse(view.Type) is not null;
    }

    /// <summary>Null: it is no JSON, which the connection tells.</summary>
    internal static T? Read<T>(string text, Resource<T> kind)
        where T : class, IKubernetesObject
    {
        try
        {
            return JsonSerializer.Deserialize(text, kind.Item);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
