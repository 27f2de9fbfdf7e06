"""What each field of a proposal asks, with a weak and a good example from real commitments (our translation)."""

from __future__ import annotations

from dataclasses import dataclass


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Guide:
    """A field: its label, what it asks, an example of each kind with the number of the commitment of 2016-2018, and
    the length that most real ones have."""

    label: str
    asks: str
    weak: str = ""
    good: str = ""
    length: str = ""


GUIDES: dict[str, Guide] = {
    "title": Guide(
        _("Título"),
        _("En una línea, qué se hará. Menos de 150 letras."),
        _("Inclusión e inmersión digital a nivel municipal (8): no dice qué se hará."),
        _("Mecanismos de rendición de cuentas en gobiernos locales (14): dice qué y dónde."),
    ),
    "problem": Guide(
        _("¿Qué problema hay?"),
        _("Lo que hoy no funciona, a quién le pasa y desde cuándo. No escriba aquí lo que quiere lograr."),
        _("Cerrar la brecha digital en el país (10): es una meta, no un problema."),
        _(
            "Publicación tardía de algunos documentos del presupuesto, y dificultad para encontrar la "
            "información en línea (18)."
        ),
        _("En el plan de 2016 la mitad tiene unas 140 letras; con 300 a 500 suele entenderse mejor."),
    ),
    "causes": Guide(_("¿Por qué pasa?"), _("Las causas, si las conoce.")),
    "background": Guide(_("¿Qué se ha hecho ya?"), _("Lo que se intentó antes y qué resultó.")),
    "objective": Guide(
        _("Objetivo"),
        _("Qué habrá cambiado al final, con una cantidad si se puede."),
        _("Promover la transparencia en la gestión municipal (8): no se puede medir."),
        _(
            "Dar infraestructura y programas académicos al 20% de los establecimientos educativos oficiales "
            "(10): se puede medir."
        ),
        _("Casi todos tienen entre 100 y 340 letras."),
    ),
    "action": Guide(
        _("¿Qué se hará?"),
        _("La acción concreta: qué se crea, se publica o se cambia. No repita el objetivo."),
        _("Institucionalizar mecanismos (12): no dice cuáles."),
        _("Revisar y actualizar los ocho informes del presupuesto y mejorar el portal de transparencia fiscal (18)."),
        _("Entre 70 y 210 letras en los compromisos reales."),
    ),
    "results": Guide(_("¿Qué resultados se esperan?"), _("Lo que la gente podrá ver o hacer que hoy no puede.")),
    "relevance": Guide(
        _("¿Por qué es de gobierno abierto?"),
        _("Cómo da más información, más participación o más rendición de cuentas. La tecnología sola no basta."),
        _("Usar tecnologías de información como herramienta clave (10): es solo tecnología."),
        _("La ciudadanía conocerá las iniciativas de ley antes de que se aprueben y podrá opinar sobre ellas (12)."),
        _("La mitad tiene unas 250 letras."),
    ),
    "value_transparency": Guide(_("Acceso a la información"), _("Qué información será pública que hoy no lo es.")),
    "value_participation": Guide(_("Participación ciudadana"), _("Quién podrá participar, y en qué decisión.")),
    "value_accountability": Guide(_("Rendición de cuentas"), _("Quién deberá explicar qué, y ante quién.")),
    "challenge": Guide(_("Desafío de OGP que atiende"), _("Uno o varios de los cinco.")),
    "context": Guide(_("Información adicional"), _("Presupuesto, otros planes, Objetivos de Desarrollo Sostenible.")),
    "leads": Guide(
        _("Entidad responsable"),
        _("Una por línea. Si la entidad está en la lista de participantes, la reconocemos por su nombre o siglas."),
    ),
    "contacts": Guide(
        _("Persona responsable"),
        _("El nombre y el cargo son públicos; el correo y el teléfono no se publican."),
    ),
    "government": Guide(_("Quién apoya, de gobierno"), _("Ministerios, municipalidades y otras entidades públicas.")),
    "others": Guide(_("Quién apoya, de fuera del gobierno"), _("Organizaciones, empresas, academia, cooperación.")),
    "milestones": Guide(
        _("Metas"),
        _("Cada paso que se puede comprobar: qué se entrega, quién y cuándo. Una cosa por meta."),
        _("Implementar mecanismos (12.3): no dice qué se entrega."),
        _(
            "Publicar en datos abiertos el informe de adónde fueron los recursos y la ayuda humanitaria, y "
            "sus montos (15.3)."
        ),
        _("La mitad tiene unas 110 letras. De tres a seis metas suelen bastar."),
    ),
    "ambition": Guide(
        _("¿Qué tan lejos llega?"),
        _("Cómo será distinto el país si esto se cumple."),
        _("Fortalecimiento institucional (12): puede significar cualquier cosa."),
        _("6,702 establecimientos educativos, el 20%, tendrán conexión, equipo y contenidos (10)."),
    ),
}
