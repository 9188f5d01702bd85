using System.Globalization;
using Ebb.Simulation.Api;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>Validates the query options of lists and watches.</summary>
internal static class ListOptionRules
{
    private const string Match = "resourceVersionMatch";
    private const string Initial = "sendInitialEvents";

    /// <exception cref="Failure">422: options that exclude each other; 400: one that is not a number.</exception>
    public static void Check(Call call)
    {
        _ = (Number(call, "limit"), Number(call, "timeoutSeconds"));
        var errors = new FieldErrors();
        if (call.Asked("watch"))
        {
            Watch(call, errors);
        }
        else
        {
            List(call, errors);
        }

        if (errors.Any)
        {
            throw Failure.Invalid("meta.k8s.io", "ListOptions", "", errors);
        }
    }

    /// <summary>Null: not given.</summary>
    /// <exception cref="Failure">400: it is not a number.</exception>
    public static int? Number(Call call, string name)
    {
        if (call.Query(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : throw Failure.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static void List(Call call, FieldErrors errors)
    {
        if (call.Query(Match) is { Length: > 0 } match)
        {
            if (string.IsNullOrEmpty(call.Query("resourceVersion")))
            {
                errors.Forbidden(Match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
            }

            if (!string.IsNullOrEmpty(call.Query("continue")))
            {
                errors.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
            }

            if (match is not ("Exact" or "NotOlderThan"))
            {
                errors.Unsupported(Match, match, ["Exact", "NotOlderThan", ""]);
            }

            if (match == "Exact" && call.Query("resourceVersion") == "0")
            {
                errors.Forbidden(Match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
            }
        }

        if (call.Query(Initial) is not null)
        {
            errors.Forbidden(Initial, "sendInitialEvents is forbidden for list");
        }
    }

    private static void Watch(Call call, FieldErrors errors)
    {
        var match = call.Query(Match) ?? "";
        if (call.Query(Initial) is not null && match != "NotOlderThan")
        {
            errors.Forbidden(Match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (match.Length == 0)
        {
            return;
        }

        if (call.Query(Initial) is null)
        {
            errors.Forbidden(Match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }

        if (match != "NotOlderThan")
        {
            errors.Unsupported(Match, match, ["NotOlderThan"]);
        }

        if (!string.IsNullOrEmpty(call.Query("continue")))
        {
            errors.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
        }
    }
}
