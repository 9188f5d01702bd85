using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Engine.Json;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Alerts;

/// <summary>One line for one change of phase.</summary>
internal sealed record AlertMessage(string Phase, string Text, bool Urgent, Instant At)
{
    public static AlertMessage Of(PowerView view)
    {
        var plan = view.Plan;
        var charge = view.Power.Supplies.Select(s => s.Reading?.Charge).Min();
        var headline = plan.Phase switch
        {
            Core.Waves.Phase.Normal => "Everything is awake",
            Core.Waves.Phase.OnBattery => "On battery",
            Core.Waves.Phase.GoingToSleep when plan.IsPartial => "What has no power goes to sleep",
            Core.Waves.Phase.Asleep when plan.IsPartial => "What has no power sleeps",
            Core.Waves.Phase.GoingToSleep => "The cluster goes to sleep",
            Core.Waves.Phase.Asleep => "The cluster sleeps",
            Core.Waves.Phase.WaitingForMains => "Asleep, waiting for mains to be safe",
            Core.Waves.Phase.Waking => "The cluster wakes",
            Core.Waves.Phase.Held => "A person holds everything",
            _ => throw new InvalidOperationException($"a phase that is none: {plan.Phase}"),
        };
        return new AlertMessage(
            Wording.Of(plan.Phase),
            $"Ebb: {headline}{(charge is { } percent ? FormattableString.Invariant($" ({percent:0} %)") : "")}: {plan.Reason}",
            plan.Phase is Core.Waves.Phase.OnBattery or Core.Waves.Phase.GoingToSleep or Core.Waves.Phase.Asleep,
            view.At
        );
    }

    public HttpContent Body(AlertForm form) =>
        form switch
        {
            AlertForm.Json => Json(JsonSerializer.Serialize(this, AlertJson.Default.AlertMessage)),
            AlertForm.Slack => Json(
                JsonSerializer.Serialize(
                    new SlackMessage(
                        Text.Replace("&", "&amp;", StringComparison.Ordinal)
                            .Replace("<", "&lt;", StringComparison.Ordinal)
                            .Replace(">", "&gt;", StringComparison.Ordinal)
                    ),
                    AlertJson.Default.SlackMessage
                )
            ),
            // A reason is free text and must not mention (@) anybody.
            AlertForm.Discord => Json(
                JsonSerializer.Serialize(
                    new DiscordMessage(Text.Length > 2000 ? Text[..2000] : Text, new DiscordMentions([])),
                    AlertJson.Default.DiscordMessage
                )
            ),
            AlertForm.Ntfy => new StringContent(Text, Encoding.UTF8, "text/plain"),
            _ => throw new InvalidOperationException($"a form that is none: {form}"),
        };

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}

internal sealed record SlackMessage(string Text);

internal sealed record DiscordMessage(
    string Content,
    [property: JsonPropertyName("allowed_mentions")] DiscordMentions AllowedMentions
);

internal sealed record DiscordMentions(IReadOnlyList<string> Parse);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(InstantConverter)]
)]
[JsonSerializable(typeof(AlertMessage))]
[JsonSerializable(typeof(SlackMessage))]
[JsonSerializable(typeof(DiscordMessage))]
internal sealed partial class AlertJson : JsonSerializerContext;
