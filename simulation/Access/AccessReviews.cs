using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;

namespace Ebb.Simulation.Access;

/// <summary>SelfSubjectAccessReview and SelfSubjectRulesReview: asked, answered, never stored.</summary>
internal static class AccessReviews
{
    public static Reply Answer(Authorizer authorizer, Call call, string plural, JsonObject review, DateTimeOffset now)
    {
        if (plural == "selfsubjectreviews")
        {
            return Reply.Json(201, new JsonObject
            {
                ["kind"] = "SelfSubjectReview",
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["metadata"] = new JsonObject(),
                ["status"] = new JsonObject { ["userInfo"] = new JsonObject { ["username"] = call.User } },
            });
        }

        var wanted = review.Object("spec", "resourceAttributes");
        var resource = wanted.Text("resource") ?? "";
        if (wanted.Text("subresource") is { Length: > 0 } sub)
        {
            resource += "/" + sub;
        }

        var allowed = wanted is null
            || authorizer.Allows(call.User, wanted.Text("verb") ?? "", wanted.Text("group") ?? "", resource, wanted.Text("namespace"), wanted.Text("name") ?? "");
        var answer = new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["spec"] = review["spec"]?.DeepClone() ?? new JsonObject(),
        };

        // Never stored, and yet its manager is noted.
        ManagedFields.Note(new JsonObject { ["spec"] = new JsonObject() }, answer, null, new ManagedFields.Author(call.Manager, "Update", "authorization.k8s.io/v1", "", now), o => o);
        answer["status"] = new JsonObject { ["allowed"] = allowed };
        return Reply.Json(201, answer);
    }
}
