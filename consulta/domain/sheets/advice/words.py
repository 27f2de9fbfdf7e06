"""The words that the rules look for, in Spanish and in English: one list each, chosen by the language of the text.

Lists are written without accents and in the singular; ``tokens`` and ``nouns`` bring a text into that form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, eq=False)
class Words:
    """The word lists of one language.

    ``numbers``: number words from two up; ``percent``: what makes a number a share; ``counted``: nouns that a target
    counts beside the deliverables; ``labels``: what makes the number after it a name («Artículo 4»);
    ``deliverables``: nouns of things that can be shown when done; ``verbs``: what an action begins with; ``goals``:
    what a wish begins with; ``values``: beginnings of words that name an OGP value other than technology; ``empty``:
    words that say nothing of their own, and the country; ``challenges``: the five grand challenges as OGP names them.
    """

    numbers: frozenset[str]
    percent: tuple[str, ...]
    counted: frozenset[str]
    labels: frozenset[str]
    deliverables: frozenset[str]
    verbs: frozenset[str]
    goals: frozenset[str]
    values: tuple[str, ...]
    empty: frozenset[str]
    challenges: frozenset[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPANISH = Words(
    numbers=_words(
        "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte veinticinco treinta "
        "cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos doscientas trescientos trescientas "
        "quinientos quinientas mil"
    ),
    percent=("por ciento",),
    counted=_words(
        "persona servidor funcionario docente maestro estudiante alumno ciudadano ciudadana mujer hombre joven lider "
        "usuario participante institucion entidad municipio municipalidad departamento comunidad region escuela "
        "establecimiento centro hospital puesto dependencia ministerio oficina unidad organizacion empresa hora dia "
        "familia nino nina vecino vecina aldea idioma tramite servicio solicitud caso sitio punto archivo conjunto "
        "dato"
    ),
    labels=_words(
        "articulo articulos decreto acuerdo fase etapa grupo inciso literal numeral meta compromiso ley capitulo eje "
        "anio ano numero"
    ),
    deliverables=_words(
        "informe reporte plan programa proyecto politica ley iniciativa reglamento acuerdo convenio protocolo norma "
        "normativa manual guia metodologia diagnostico estudio evaluacion encuesta censo inventario registro "
        "directorio catalogo mapa base archivo documento publicacion boletin estadistica indicador portal sitio "
        "pagina plataforma sistema modulo aplicacion herramienta formulario tablero linea mesa comite comision foro "
        "taller curso capacitacion campana audiencia reunion feria consulta concurso premiacion material cartilla "
        "presupuesto agenda cronograma propuesta recomendacion acta carta lineamiento procedimiento estandar formato "
        "contrato dato video grupo equipo espacio red ventanilla biblioteca escuela auditoria dictamen disposicion "
        "hoja matriz"
    ),
    verbs=_words(
        "elaborar crear disenar publicar capacitar implementar realizar presentar aprobar definir establecer "
        "organizar desarrollar actualizar evaluar difundir divulgar instalar firmar suscribir conformar integrar "
        "promover revisar validar sistematizar entregar construir habilitar convocar celebrar contratar formular "
        "monitorear recopilar identificar socializar lanzar ejecutar preparar redactar institucionalizar consolidar "
        "fortalecer informar elaboracion creacion diseno publicacion capacitacion implementacion realizacion "
        "presentacion aprobacion definicion desarrollo actualizacion evaluacion difusion divulgacion instalacion "
        "firma conformacion revision validacion entrega lanzamiento ejecucion preparacion"
    ),
    goals=_words(
        "mejorar reducir fortalecer promover lograr aumentar incrementar garantizar impulsar fomentar ampliar cerrar "
        "disminuir contribuir alcanzar asegurar facilitar modernizar optimizar crear implementar establecer "
        "desarrollar generar combatir eliminar acercar disenar capacitar publicar dar brindar"
    ),
    values=(
        "transparen",
        "acceso a la informacion",
        "informacion publica",
        "datos abiertos",
        "participacion",
        "participar",
        "participativ",
        "participe",
        "rendicion de cuentas",
        "rendir cuentas",
        "rinda cuentas",
        "rindan cuentas",
        "pedir cuentas",
        "auditoria social",
        "contraloria social",
        "vigilancia ciudadana",
        "colaboracion ciudadana",
    ),
    empty=_words(
        "el la los las un una unos unas de del al a en y e o u que se su sus con para por como lo es son este esta "
        "estos estas ese esa asi mas entre sobre desde hasta sin ser sera seran guatemala"
    ),
    challenges=frozenset(
        {
            "mejorar los servicios publicos",
            "mejora de los servicios publicos",
            "aumentar la integridad publica",
            "incrementar la integridad publica",
            "aumento de la integridad publica",
            "gestionar con mayor eficacia los recursos publicos",
            "manejo mas eficaz de los recursos publicos",
            "gestion mas eficaz de los recursos publicos",
            "gestionar los recursos publicos con mayor eficacia",
            "crear comunidades mas seguras",
            "aumentar la responsabilidad corporativa",
            "aumentar la rendicion de cuentas de las empresas",
        }
    ),
)

ENGLISH = Words(
    numbers=_words(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty forty "
        "fifty sixty seventy eighty ninety hundred thousand"
    ),
    percent=("percent", "per cent"),
    counted=_words(
        "person people official servant employee teacher professor student citizen woman women man men user "
        "participant institution entity agency municipality department community region school establishment center "
        "centre hospital post ministry office unit organization organisation company hour day family child children "
        "village language procedure service request case site set dataset"
    ),
    labels=_words("article articles decree phase stage group groups law chapter goal commitment number section bis"),
    deliverables=_words(
        "report plan program programme project policy bill law regulation rule agreement protocol provision standard "
        "manual guide guideline methodology diagnosis study evaluation survey census inventory registry register "
        "record directory catalogue map database file document publication bulletin statistic indicator portal "
        "website site platform system module application tool form dashboard hotline roundtable group team committee "
        "commission forum workshop course campaign hearing meeting fair consultation contest ceremony material "
        "curriculum budget agenda timetable proposal recommendation minute letter procedure format contract data "
        "video space network window library audit opinion matrix baseline sample analysis section "
        "presentation reform code launch"
    ),
    verbs=_words(
        "create design publish train implement hold present approve define establish organize develop update evaluate "
        "disseminate install sign form promote review validate systematize deliver build enable convene prepare issue "
        "conduct carry draft institutionalize consolidate strengthen inform identify launch execute monitor collect "
        "creation development publication training implementation presentation approval evaluation dissemination "
        "installation delivery updating creating simplification"
    ),
    goals=_words(
        "improve reduce strengthen promote achieve increase guarantee bridge foster widen close contribute reach "
        "ensure facilitate modernize optimize create implement establish develop generate fight eliminate provide "
        "enhance"
    ),
    values=(
        "transparen",
        "access to information",
        "access to public information",
        "public information",
        "open data",
        "participation",
        "participate",
        "participatory",
        "accountab",
        "social audit",
        "civic",
        "oversight",
    ),
    empty=_words(
        "the a an of to in on for and or by with that which this these at as is are be will it its from into through "
        "their so about guatemala"
    ),
    challenges=frozenset(
        {
            "improving public services",
            "increasing public integrity",
            "more effectively managing public resources",
            "managing public resources more effectively",
            "creating safer communities",
            "increasing corporate accountability",
        }
    ),
)

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’-][^\W_]+)*")


def words_of(language: str) -> Words:
    """The lists of a language; Spanish for any other than English."""
    return ENGLISH if language == "en" else SPANISH


@lru_cache(maxsize=512)
def folded(text: str) -> str:
    """Lower case, without accents, white space as one space; every rule asks it of the same few texts."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text.lower()))
    return " ".join(bare.split())


def tokens(text: str) -> list[str]:
    """The words and numbers of a text, without accents or case."""
    return _TOKEN.findall(folded(text))


def singulars(word: str) -> Iterator[str]:
    """What a word may be the plural of, itself first: «planes» of «plan», «policies» of «policy»."""
    yield word
    if word.endswith("s"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"
        if word.endswith("ses"):
            yield word[:-2] + "is"


def among(word: str, *lists: Iterable[str]) -> bool:
    """Whether a word, or what it is the plural of, is in one of the lists."""
    return any(one in words for one in singulars(word) for words in lists)


def content(text: str, words: Words) -> set[str]:
    """The words of a text that say something, by their first six letters, so that forms of one word are one."""
    return {word[:6] for word in tokens(text) if word not in words.empty}


def first_word(text: str) -> str:
    """The first word, without the «to» of an English infinitive; a space where there is none."""
    found = tokens(text) or [" "]
    return found[1] if found[0] == "to" and len(found) > 1 else found[0]
